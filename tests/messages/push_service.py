"""A browser's push service on this machine, and a browser's key that opens what was sent there."""

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from advocacy.base.web_push import _point, decoded, encoded, is_key

MOST_BYTES = 4096
LONGEST_SIGNED = timedelta(hours=24)


class PushService:
    """Takes messages as a real one does, and answers as it is told. What a real one refuses, it refuses.

    Args:
        port: of this machine.
        now: what time it is there.
        public: the key that subscriptions were made with, base64url; "" for any.
    """

    def __init__(self, port: int, now: Callable[[], datetime], public: str) -> None:
        self.name = f"127.0.0.1:{port}"
        self.status, self.headers = 201, {}
        self.taken, self.refused = [], []
        self.now, self._public = now, public

    def objection(self, headers: Mapping[str, str], body: bytes) -> tuple[int, str] | None:
        """What RFC 8030, 8188, 8291 and 8292 let it refuse, as (status, why); None for nothing."""
        if not re.fullmatch(r"\d+", headers.get("TTL", "")):
            return 400, "no TTL"
        if headers.get("Content-Encoding") != "aes128gcm":
            return 415, "not aes128gcm"
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,32}", headers.get("Topic", "")):
            return 400, "no topic of at most 32 letters of base64url"
        if headers.get("Urgency", "normal") not in ("very-low", "low", "normal", "high"):
            return 400, "no such urgency"
        if len(body) > MOST_BYTES:
            return 413, "too large"
        record = int.from_bytes(body[16:20], "big")
        if len(body) < 86 + 17 or body[20] != 65 or not is_key(body[21:86]) or record < len(body) - 86:
            return 400, "no message of one record with a key"
        return self._of_signature(headers.get("Authorization", ""))

    def _of_signature(self, given: str) -> tuple[int, str] | None:
        found = re.fullmatch(r"vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)", given)
        if found is None:
            return 401, "no vapid"
        head, claims, signature, key = found.groups()
        if self._public and key != self._public:
            return 403, "another key than the subscription's"
        raw = decoded(signature)
        number = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
        try:
            public.verify(number, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return 403, "a forged signature"
        said = json.loads(decoded(claims))
        now = self.now()
        if said["aud"] != f"http://{self.name}":
            return 403, "signed for another service"
        if not now.timestamp() < said["exp"] <= (now + LONGEST_SIGNED).timestamp():
            return 403, "signed for too long or not long enough"
        if not said.get("sub", "").startswith(("mailto:", "https:")):
            return 403, "nobody to write to"
        return None


@contextlib.contextmanager
def push_service(now: Callable[[], datetime], *, public: str = "") -> Iterator[PushService]:
    """One that runs until the block ends; a message that it had to refuse fails the test then."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            refused = service.objection(self.headers, body)
            if refused is None:
                service.taken.append((self.path, dict(self.headers), body))
            else:
                service.refused.append(refused)
            self.send_response(refused[0] if refused else service.status)
            for name, value in {**service.headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = PushService(server.server_port, now, public)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield service
        assert service.refused == []
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
