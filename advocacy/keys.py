"""The hub's own secrets: from the settings, else made once and kept in the data folder."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from advocacy.base.sealing import KeyRing, Sealer, ring_in
from advocacy.base.web_push import Vapid
from config import Settings


def secret_key(settings: Settings) -> str:
    """Signs form tokens and short-lived cookies; the same for every process of this hub."""
    return settings.secret_key or kept(settings.data_dir / "keys" / "secret_key", secrets.token_urlsafe(48))


def sealer(settings: Settings) -> Sealer:
    """Seals tokens and letters: with the keys of the settings, else with those in the data folder."""
    if settings.sealing_keys:
        return Sealer(KeyRing.parse(settings.sealing_keys))
    return Sealer(ring_in(settings.data_dir / "keys" / "sealing"))


def vapid(settings: Settings) -> Vapid:
    """The hub's name towards push services: from the settings, else made once and kept in the data folder.

    Browsers subscribe to this very key, so a lost one means that everybody has to switch push on again.
    """
    secret = settings.vapid_key or kept(settings.data_dir / "keys" / "vapid", Vapid.fresh())
    return Vapid(secret, contact=f"mailto:{settings.mail_from}")


def kept(path: Path, fresh: str) -> str:
    """What a key file holds; `fresh` is written first where there is none.

    Several processes may start at once: the first to create the file decides for all.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # Written aside and then linked into place, so that nobody ever reads half a key.
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(fresh + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()
