"""A browser's push service on this machine, and a browser's key that opens what was sent there."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from advocacy.base.web_push import _point, encoded


class PushService:
    """Takes messages, and answers as it is told."""

    def __init__(self, port: int) -> None:
        self.name = f"127.0.0.1:{port}"
        self.status, self.headers = 201, {}
        self.taken = []


@contextlib.contextmanager
def push_service() -> Iterator[PushService]:
    """One that runs until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.taken.append((self.path, dict(self.headers), body))
            self.send_response(service.status)
            for name, value in {**service.headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = PushService(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


class BrowserKey:
    """What a browser keeps to itself: opens messages as RFC 8291 says, from the other side."""

    def __init__(self, secret: int | None = None, auth: bytes = b"0123456789abcdef") -> None:
        curve = ec.SECP256R1()
        self._key = ec.derive_private_key(secret, curve) if secret else ec.generate_private_key(curve)
        self.auth = auth

    @property
    def given(self) -> dict[str, str]:
        """What it hands over."""
        return {"public": encoded(_point(self._key)), "auth": encoded(self.auth)}

    def open(self, body: bytes) -> dict[str, str]:
        """What a message says."""
        salt, length = body[:16], body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))

        def derive(secret: bytes, salt: bytes, info: bytes, size: int) -> bytes:
            return HKDF(algorithm=hashes.SHA256(), length=size, salt=salt, info=info).derive(secret)

        secret = derive(shared, self.auth, b"WebPush: info\0" + _point(self._key) + theirs, 32)
        key = derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derive(secret, salt, b"Content-Encoding: nonce\0", 12)
        told = AESGCM(key).decrypt(nonce, sealed, None)
        assert told.endswith(b"\x02")
        return json.loads(told[:-1])
