"""A stamping service on loopback: openssl's own `ts -reply` behind a small web server."""

from __future__ import annotations

import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[stamper]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = here
[here]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/stamper.pem
certs = {folder}/ca.pem
signer_key = {folder}/stamper.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass
class Stamping:
    """A running service: its address, the certificate that readers trust, and what its answers are turned into."""

    url: str
    ca: Path
    turn: Callable[[bytes], tuple[int, bytes]]
    agents: list[str]


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)


def _make(folder: Path) -> None:
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder), encoding="utf-8")
    (folder / "serial").write_text("01", encoding="ascii")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "tsa.cnf")
    _openssl(
        folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Test root",
        "-extensions", "ca",
    )  # fmt: skip
    _openssl(folder, "req", *key, "-keyout", "stamper.key", "-out", "stamper.csr", "-subj", "/CN=Test stamper")
    _openssl(
        folder, "x509", "-req", "-in", "stamper.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
        "stamper.pem", "-days", "20", "-extfile", "tsa.cnf", "-extensions", "stamper",
    )  # fmt: skip


@contextmanager
def stamping() -> Iterator[Stamping]:
    """Run the service; set `turn` of what it gives to have it answer something else than openssl made."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make(folder)
        made: list[Stamping] = []
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["Content-Length"]))
                made[0].agents.append(self.headers["User-Agent"])
                with lock:
                    (folder / "query.tsq").write_bytes(query)
                    _openssl(
                        folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "answer.tsr",
                    )  # fmt: skip
                    status, body = made[0].turn((folder / "answer.tsr").read_bytes())
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        made.append(Stamping(f"http://127.0.0.1:{server.server_address[1]}", folder / "ca.pem", lambda b: (200, b), []))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield made[0]
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
