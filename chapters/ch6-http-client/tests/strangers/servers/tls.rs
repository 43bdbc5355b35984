//! A certificate that nobody but its owner has signed.

use crate::folder::Folder;
use crate::run::there_is;
use std::process::{Command, Stdio};

/// Makes `cert.pem` and `key.pem` for 127.0.0.1 and localhost, if there is an openssl that can.
pub(crate) fn certificate(folder: &Folder) -> bool {
    if !there_is("openssl", &["version"]) {
        return false;
    }
    // Not an authority: one that shows its own certificate as a server's is refused by rustls.
    let config = "[req]\ndistinguished_name = name\nx509_extensions = of\nprompt = no\n[name]\nCN = chapter 6\n\
        [of]\nbasicConstraints = critical, CA:FALSE\nsubjectAltName = DNS:localhost, IP:127.0.0.1\n";
    folder.write("openssl.conf", config);
    let made = Command::new("openssl")
        .args("req -x509 -newkey rsa:2048 -nodes -days 2 -config openssl.conf".split(' '))
        .args(["-out", "cert.pem", "-keyout", "key.pem"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output();
    made.is_ok_and(|end| end.status.success())
}
