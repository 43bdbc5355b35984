//! nginx.

use super::{Server, certificate, installed, on_free_ports};
use crate::folder::Folder;
use harness::Launch;

/// Starts nginx as one process, on three ports: plain, TLS with HTTP/2, TLS without.
pub(crate) fn nginx() -> Option<Server> {
    let program = installed("nginx")?;
    let folder = Folder::new();
    folder.write("passwords", "me:{PLAIN}secret\n");
    let has_tls = certificate(&folder);
    Some(on_free_ports(3, folder, |folder, ports| {
        folder.write("nginx.conf", config(ports, has_tls));
        let prefix = folder.text("");
        Launch::new(&program).args(["-p", &prefix, "-c", "nginx.conf", "-e", "error.log"])
    }))
}

fn config(ports: &[u16], has_tls: bool) -> String {
    let [plain, tls, tls_1_1] = ports else { unreachable!("there are three ports") };
    let mut servers = server(*plain, &format!("listen 127.0.0.1:{plain};"));
    let tls =
        [format!("listen 127.0.0.1:{tls} ssl http2;"), format!("listen 127.0.0.1:{tls_1_1} ssl;")];
    for listen in tls {
        servers += &match has_tls {
            true => server(
                *plain,
                &format!("{listen} ssl_certificate cert.pem; ssl_certificate_key key.pem;"),
            ),
            false => server(*plain, &listen.replace(" ssl", "").replace(" http2", "")),
        };
    }
    format!(
        r#"daemon off; master_process off; pid nginx.pid; error_log error.log;
events {{ worker_connections 256; }}
http {{
  types {{ text/html html; text/plain txt; application/octet-stream bin; }}
  log_format ours '$request_method $request_uri $status sent=$body_bytes_sent range="$http_range" $server_protocol auth="$http_authorization"';
  access_log access.log ours;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  gzip on; gzip_types text/plain; gzip_min_length 100;
  # Whoever goes on with a download need not wait.
  map $http_range $rate {{ "" 50k; default 0; }}
{servers}}}
"#
    )
}

fn server(plain: u16, listen: &str) -> String {
    format!(
        r#"  server {{
    {listen}
    root tree; error_page 404 /missing.html;
    location = /204 {{ return 204; }}
    location = /301 {{ return 301 /hello.txt; }}
    location = /302 {{ return 302 /hello.txt; }}
    location = /303 {{ return 303 /hello.txt; }}
    location = /307 {{ return 307 /hello.txt; }}
    location = /308 {{ return 308 /hello.txt; }}
    location = /500 {{ return 500; }}
    location = /down {{ return 302 http://127.0.0.1:{plain}/hello.txt; }}
    location = /relative {{ absolute_redirect off; return 302 /dir/?from=here; }}
    location = /two {{ return 301 /302; }}
    location = /loop {{ return 302 /loop; }}
    location = /ftp {{ return 302 ftp://127.0.0.1/; }}
    location /chunked/ {{ alias tree/; ssi on; gzip off; }}
    location /until-close/ {{ alias tree/; ssi on; gzip off; chunked_transfer_encoding off; }}
    location /private/ {{ alias tree/; auth_basic "ours"; auth_basic_user_file passwords; }}
    location /slow/ {{ alias tree/; limit_rate $rate; limit_rate_after 100k; }}
    location = /packed/gzip {{ default_type text/x; add_header Content-Encoding gzip; }}
    location = /packed/deflate {{ default_type text/x; add_header Content-Encoding deflate; }}
    location = /packed/br {{ default_type text/x; add_header Content-Encoding br; }}
    location = /packed/zstd {{ default_type text/x; add_header Content-Encoding zstd; }}
  }}
"#
    )
}
