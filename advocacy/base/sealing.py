"""Seals secrets before they are stored: what is read from the database, a log or a backup opens nothing.

AES-256-GCM. The place where a sealed value lives is part of the seal, so that one moved to another row does not
open there. Each value names the key that sealed it: new values use the first key of the ring, older keys still
open what they sealed.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_FORMAT = b"\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


class BadKeys(ValueError):
    """The keys given in the settings or in the key file cannot be used; says why, never what they are."""


class CannotOpen(Exception):
    """A sealed value does not open: its key is gone, it was moved to another place, or it was changed."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key and the name that values sealed by it carry."""

    id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise BadKeys("A key's id is 1 to 32 letters, digits, hyphens or underscores.")
        if len(self.secret) != KEY_BYTES:
            raise BadKeys(f"The key {self.id} has {len(self.secret)} bytes; it needs {KEY_BYTES}.")

    @classmethod
    def fresh(cls) -> Key:
        """A new random key."""
        return cls(secrets.token_hex(4), secrets.token_bytes(KEY_BYTES))


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys in use: the first seals, all of them open."""

    keys: tuple[Key, ...]

    def __post_init__(self) -> None:
        if not self.keys:
            raise BadKeys("There is no key.")
        if len({key.id for key in self.keys}) < len(self.keys):
            raise BadKeys("Two keys have the same id.")

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Read `id:base64,older-id:base64`; line breaks serve as commas.

        Raises:
            BadKeys: it cannot be read, or a key has not 32 bytes.
        """
        return cls(tuple(_key(part) for part in re.split(r"[,\s]+", text) if part))

    def text(self) -> str:
        """The form that `parse` reads. It holds the secrets."""
        return ",".join(f"{key.id}:{base64.b64encode(key.secret).decode('ascii')}" for key in self.keys)


def _key(part: str) -> Key:
    key_id, colon, secret = part.partition(":")
    if not colon:
        raise BadKeys("A key is written id:base64. Make one with: openssl rand -base64 32")
    try:
        raw = base64.b64decode(secret.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error as error:
        raise BadKeys(f"The key {key_id[:32]} is not base64.") from error
    return Key(key_id, raw)


def row(table: str, column: str, row_id: int | str) -> str:
    """The context of a value that lives in one column of one row."""
    return f"{table}.{column}:{row_id}"


class Sealer:
    """Seals and opens.

    Args:
        ring: the keys.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._current = ring.keys[0].id
        self._ciphers = {key.id: AESGCM(key.secret) for key in ring.keys}

    def seal(self, plain: str | bytes, *, context: str) -> bytes:
        """Seal a secret for one place.

        Args:
            plain: the secret.
            context: where the sealed value will live; see `row`. A new row needs its id first (flush).

        Returns:
            Bytes that tell nothing but their length and the id of the key.
        """
        nonce = os.urandom(_NONCE_BYTES)
        head = _head(self._current)
        secret = plain.encode("utf-8") if isinstance(plain, str) else plain
        return head + nonce + self._ciphers[self._current].encrypt(nonce, secret, _bound(head, context))

    def open_bytes(self, sealed: bytes, *, context: str) -> bytes:
        """The secret.

        Args:
            sealed: what `seal` gave.
            context: the same as then.

        Raises:
            CannotOpen: the key is not in the ring, the value was sealed for another place, or it was changed.
        """
        key_id, rest = _parts(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise CannotOpen(f"It was sealed by the key {key_id!r}, which is not among the keys given.")
        nonce, ciphertext = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
        try:
            return cipher.decrypt(nonce, ciphertext, _bound(_head(key_id), context))
        except InvalidTag as error:
            raise CannotOpen(f"It was not sealed for {context}, or it was changed since.") from error

    def open(self, sealed: bytes, *, context: str) -> str:
        """The secret as text. Raises as `open_bytes`."""
        return self.open_bytes(sealed, context=context).decode("utf-8")

    def is_current(self, sealed: bytes) -> bool:
        """Whether the newest key sealed it.

        Raises:
            CannotOpen: it is no sealed value at all.
        """
        return _parts(sealed)[0] == self._current

    def resealed(self, sealed: bytes, *, context: str) -> bytes:
        """The same secret sealed by the newest key; `sealed` itself when it was. Raises as `open_bytes`."""
        if self.is_current(sealed):
            return sealed
        return self.seal(self.open_bytes(sealed, context=context), context=context)


def _head(key_id: str) -> bytes:
    name = key_id.encode("ascii")
    return _FORMAT + bytes([len(name)]) + name


def _bound(head: bytes, context: str) -> bytes:
    if not context:
        raise ValueError("a sealed value needs the place it lives in")
    return head + context.encode("utf-8")


def _parts(sealed: bytes) -> tuple[str, bytes]:
    if sealed[:1] != _FORMAT or len(sealed) < 2:
        raise CannotOpen("It is no sealed value.")
    start = 2 + sealed[1]
    if len(sealed) < start + _NONCE_BYTES + _TAG_BYTES:
        raise CannotOpen("It is no sealed value, or its end is missing.")
    return sealed[2:start].decode("ascii", "replace"), sealed[start:]


def ring_in(path: Path) -> KeyRing:
    """The keys in a file, which is made with one fresh key when it is not there.

    The file belongs to its owner alone (0600). Several processes may start at once: the first decides.

    Raises:
        BadKeys: the file cannot be understood, or others may read it.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = _written(path, KeyRing((Key.fresh(),)))
        try:
            os.link(written, path)  # unlike a rename, never over a file another process just made
        except FileExistsError:
            pass
        finally:
            written.unlink()
    if path.stat().st_mode & 0o077:
        raise BadKeys(f"Others may read the key file {path}. Run: chmod 600 {path}")
    return KeyRing.parse(path.read_text("ascii", "replace"))


def rotate(path: Path) -> KeyRing:
    """Put a fresh key in front of those in the file. What is sealed already still opens; see `Sealer.resealed`."""
    ring = KeyRing((Key.fresh(), *ring_in(path).keys))
    _written(path, ring).replace(path)
    return ring


def _written(beside: Path, ring: KeyRing) -> Path:
    """A complete file next to `beside`, on the disk before anything is sealed by it."""
    path = beside.with_name(f".{beside.name}.{secrets.token_hex(4)}")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(ring.text().replace(",", "\n") + "\n")
        file.flush()
        os.fsync(file.fileno())
    return path
