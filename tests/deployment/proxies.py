"""nginx and Caddy with the files that `./ssc install` writes, on ports of this machine, with a certificate of
their own, before the real programs."""

from __future__ import annotations

import datetime as dt
import http.client
import socket
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.programs.start import free_port, until

from security_center.project import install
from security_center.project.test_run import find_proxy

REPORTERS, STAFF = "report.example.org", "desk.example.org"
VISITOR = "127.0.0.9"  # an address of this machine that nothing else here has
NGINX_MAIN = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log notice; user root; worker_processes 1;
events {{ worker_connections 8192; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/ssc.conf;
}}
"""


@dataclass
class Proxy:
    """A running proxy. `folder` holds everything that it wrote, what it printed included."""

    name: str
    folder: Path
    port: int
    certificate: Path

    def socket(self, host: str, source: str = VISITOR) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=60, source_address=(source, 0))
        return ssl.create_default_context(cafile=str(self.certificate)).wrap_socket(
            plain, server_hostname=host
        )

    def connection(self, host: str) -> http.client.HTTPSConnection:
        """To `host` as a browser would reach it, but on this machine."""
        made = http.client.HTTPSConnection(
            host, context=ssl.create_default_context(cafile=str(self.certificate)), timeout=60
        )
        made._create_connection = lambda *_: socket.create_connection(  # type: ignore[attr-defined]
            ("127.0.0.1", self.port), timeout=60, source_address=(VISITOR, 0)
        )
        return made

    def opener(self) -> urllib.request.OpenerDirector:
        proxy = self

        class Here(urllib.request.HTTPSHandler):
            def https_open(self, request: urllib.request.Request) -> Any:
                return self.do_open(lambda host, **_more: proxy.connection(host), request)  # type: ignore[arg-type]

        return urllib.request.build_opener(Here(), urllib.request.HTTPCookieProcessor())

    def holds(self, words: bytes) -> list[Path]:
        """The files it wrote that hold these words, those that it has open without a name included. Not the
        files it was given."""
        given = {"ssc.conf", "nginx.conf", "Caddyfile"}
        written = [path for path in self.folder.rglob("*") if path.is_file() and path.name not in given]
        return [path for path in [*written, *self._open_without_a_name()] if words in path.read_bytes()]

    def _open_without_a_name(self) -> list[Path]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self.name.encode() in (process / "comm").read_bytes():
                    found += [
                        link
                        for link in (process / "fd").iterdir()
                        if "(deleted)" in str(link.readlink()) and str(self.folder) in str(link.readlink())
                    ]
            except OSError:
                continue
        return found


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for both names, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, REPORTERS)])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(REPORTERS), x509.DNSName(STAFF)]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
    return certificate, private


def written_by_install(proxy: str) -> str:
    wish = install.options(
        ["--domain", REPORTERS, "--staff-domain", STAFF, "--proxy", proxy, "--to", "/nowhere"]
    )
    return install.texts(wish)[install.PROXIES[proxy]][0]


def replaced(text: str, **pairs: str) -> str:
    for old, new in pairs.items():
        assert old in text, f"the file has no “{old}”"
        text = text.replace(old, new)
    return text


@contextmanager
def running(name: str, folder: Path, public_port: int, staff_port: int) -> Iterator[Proxy]:
    """The file is changed only where this machine differs: ports, certificate, nobody asked for another
    one."""
    folder.mkdir()
    certificate, key = make_certificate(folder)
    port, plain = free_port(), free_port()
    text = replaced(
        written_by_install(name),
        **{"127.0.0.1:8000": f"127.0.0.1:{public_port}", "127.0.0.1:8001": f"127.0.0.1:{staff_port}"},
    )
    if name == "nginx":
        held = f"/etc/letsencrypt/live/{REPORTERS}"
        text = replaced(text, **{f"{held}/fullchain.pem": str(certificate), f"{held}/privkey.pem": str(key)})
        text = replaced(
            text,
            **{"listen 443 ssl": f"listen 127.0.0.1:{port} ssl", "listen 80": f"listen 127.0.0.1:{plain}"},
        )
        (folder / "ssc.conf").write_text(text)
        (folder / "nginx.conf").write_text(NGINX_MAIN.format(folder=folder))
        command = [
            find_proxy("nginx") or "nginx",
            "-c",
            str(folder / "nginx.conf"),
            "-p",
            str(folder),
            "-e",
            str(folder / "error.log"),
        ]
    else:
        for host in (REPORTERS, STAFF):
            text = replaced(
                text, **{f"\n{host} {{": f"\n{host}:{port} {{\n\tbind 127.0.0.1\n\ttls {certificate} {key}"}
            )
        text = replaced(text, **{"\tlog default": "\tadmin off\n\tauto_https off\n\tlog default"})
        (folder / "Caddyfile").write_text(text)
        command = [
            find_proxy("caddy") or "caddy",
            "run",
            "--config",
            str(folder / "Caddyfile"),
            "--adapter",
            "caddyfile",
        ]
    with (folder / "printed").open("wb") as printed:
        process = subprocess.Popen(
            command,
            stdout=printed,
            stderr=subprocess.STDOUT,
            env={"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)},
        )
    try:
        until(lambda: listens(port) or process.poll() is not None, f"{name} listens")
        assert process.poll() is None, (folder / "printed").read_text()
        yield Proxy(name, folder, port, certificate)
    finally:
        process.terminate()
        process.wait(20)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
