//! Apache.

use super::{Server, installed, on_free_ports};
use crate::folder::Folder;
use crate::run::skip;
use harness::Launch;
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Where Debian has Apache's modules.
const MODULES: &str = "/usr/lib/apache2/modules";

/// Starts Apache with a process for each connection, as `mod_cgi` wants it.
pub(crate) fn apache() -> Option<Server> {
    let program = installed("apache2")?;
    if !Path::new(MODULES).join("mod_brotli.so").exists() {
        skip(format_args!("Apache's modules are not in {MODULES}"));
        return None;
    }
    let folder = Folder::new();
    script(
        &folder,
        "echo",
        "printf 'Content-Type: text/x\\r\\nX-Method: %s\\r\\n\\r\\n' \"$REQUEST_METHOD\"; exec cat",
    );
    script(&folder, "again", "printf 'Status: 303 See Other\\r\\nLocation: /cgi/echo\\r\\n\\r\\n'");
    script(
        &folder,
        "status",
        "printf 'Status: %s Teapot\\r\\nContent-Type: text/x\\r\\n\\r\\nshort and stout' \"$QUERY_STRING\"",
    );
    Some(on_free_ports(1, folder, |folder, ports| {
        folder.write("apache.conf", config(&folder.text(""), ports[0]));
        Launch::new(&program).args(["-D", "FOREGROUND", "-f", &folder.text("apache.conf")])
    }))
}

fn script(folder: &Folder, name: &str, does: &str) {
    let name = format!("cgi/{name}");
    folder.write(&name, format!("#!/bin/sh\n{does}\n"));
    set_permissions(folder.path(&name), Permissions::from_mode(0o755)).unwrap();
}

fn config(folder: &str, port: u16) -> String {
    let modules = [
        "mpm_prefork",
        "alias",
        "authz_core",
        "autoindex",
        "brotli",
        "cgi",
        "deflate",
        "dir",
        "env",
        "filter",
        "headers",
        "mime",
    ];
    let load = |name: &&str| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n");
    let modules: String = modules.iter().map(load).collect();
    format!(
        r#"ServerRoot "{folder}"
{modules}ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile apache.pid
DefaultRuntimeDir "{folder}"
ErrorLog error.log
CustomLog access.log "%m %U %s sent=%B range=\"%{{Range}}i\""
User nobody
Group nogroup
TypesConfig /dev/null
AddType text/html .html
AddType text/plain .txt
AddType application/octet-stream .bin
DocumentRoot "{folder}tree"
DirectoryIndex index.html
AddOutputFilterByType DEFLATE text/plain
Alias /br/ "{folder}tree/"
<Location /br/>
  SetOutputFilter BROTLI_COMPRESS
</Location>
ScriptAlias /cgi/ "{folder}cgi/"
Redirect 302 /302 /hello.txt
<Directory "{folder}">
  Options +Indexes
  Require all granted
</Directory>
"#
    )
}
