//! lighttpd.

use super::{Server, installed, on_free_ports};
use crate::folder::Folder;
use harness::Launch;

/// Starts lighttpd as one process.
pub(crate) fn lighttpd() -> Option<Server> {
    let program = installed("lighttpd")?;
    Some(on_free_ports(1, Folder::new(), |folder, ports| {
        folder.write("lighttpd.conf", config(&folder.text(""), ports[0]));
        Launch::new(&program).args(["-D", "-f", &folder.text("lighttpd.conf")])
    }))
}

fn config(folder: &str, port: u16) -> String {
    format!(
        r#"server.port = {port}
server.bind = "127.0.0.1"
server.document-root = "{folder}tree"
server.errorlog = "{folder}error.log"
server.modules = ("mod_accesslog", "mod_alias", "mod_deflate", "mod_redirect", "mod_setenv")
accesslog.filename = "{folder}access.log"
accesslog.format = "%m %U %s sent=%b range=\"%{{Range}}i\""
index-file.names = ("index.html")
dir-listing.activate = "enable"
mimetype.assign = (".html" => "text/html", ".txt" => "text/plain", ".bin" => "application/octet-stream")
url.redirect = ("^/301$" => "/hello.txt")
deflate.mimetypes = ("text/plain")
deflate.allowed-encodings = ("gzip")
alias.url = ("/slow/" => "{folder}tree/", "/br/" => "{folder}tree/", "/zstd/" => "{folder}tree/", "/deflate/" => "{folder}tree/")
$HTTP["url"] =~ "^/br/" {{ deflate.allowed-encodings = ("brotli") }}
$HTTP["url"] =~ "^/zstd/" {{ deflate.allowed-encodings = ("zstd") }}
$HTTP["url"] =~ "^/deflate/" {{ deflate.allowed-encodings = ("deflate") }}
$HTTP["url"] =~ "^/slow/" {{
  # Whoever goes on with a download need not wait.
  $REQUEST_HEADER["Range"] == "" {{ connection.kbytes-per-second = 50 }}
}}
"#
    )
}
