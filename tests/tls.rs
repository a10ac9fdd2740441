//! Certificates: what is not vouched for gets no token.

#![expect(clippy::unwrap_used, reason = "what serves only tests fails as tests do")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

const SECRET: &str = "ghp_0123456789abcdefghijABCDEFGHIJ456789";

/// A certificate authority of this test alone.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A server on this machine with a certificate for `name` until the first day of `year`; what it was told, and
    /// its port.
    fn serve(&self, name: &str, year: i32) -> (u16, Arc<Mutex<Vec<u8>>>) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
        serve(Arc::new(config))
    }
}

fn serve(config: Arc<rustls::ServerConfig>) -> (u16, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(session, stream);
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = stream.read(&mut bytes) {
                heard.lock().unwrap().extend(bytes.iter().take(read));
                let answer = b"HTTP/1.1 404 X\r\ncontent-length: 27\r\n\r\n{\"message\":\"Not Found\"}    ";
                if stream.write_all(answer).and_then(|()| stream.flush()).is_err() {
                    break;
                }
            }
        }
    });
    (port, told)
}

/// What `doctor` says about a server on this machine, with the authorities of this file.
fn said(address: &str, authorities: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shipworthy"));
    command.args(["doctor", "o/r", "--api-url", address]).stdin(Stdio::null()).env_clear();
    command.env("SSL_CERT_FILE", authorities).env("GH_TOKEN", SECRET).env("LANG", "C.UTF-8");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn only_a_certificate_that_holds_gets_a_request() {
    let (authority, stranger) = (Authority::new("one"), Authority::new("another"));
    let folder = tempfile::tempdir().unwrap();
    let trusted = folder.path().join("trusted.pem");
    std::fs::write(&trusted, &authority.pem).unwrap();
    for (server, words) in [
        (authority.serve("localhost", 2020), "expired"),
        (authority.serve("other.test", 4000), "not valid for name"),
        (stranger.serve("localhost", 4000), "UnknownIssuer"),
    ] {
        let (port, told) = server;
        let out = said(&format!("https://localhost:{port}"), &trusted);
        let trouble = "GET /rate_limit: the server's certificate was not accepted: ";
        assert!(out.contains(trouble) && out.contains(words), "{words}: {out}");
        assert_eq!(out.contains("check the clock of this machine"), words == "expired", "{out}");
        assert!(told.lock().unwrap().is_empty(), "not a byte was sent");
    }
    let (port, told) = authority.serve("localhost", 4000);
    let out = said(&format!("https://localhost:{port}"), &trusted);
    assert!(out.contains("was answered with 404: Not Found"), "{out}");
    let told = String::from_utf8(told.lock().unwrap().clone()).unwrap();
    assert!(told.contains("GET /repos/o/r HTTP/1.1") && told.contains(SECRET), "{told}");
}
