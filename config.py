"""Settings, typed and frozen, from the environment. What is wrong is told in one list and stops the start."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET = frozenset(
    {"SECRET_KEY", "SEALING_KEYS", "VAPID_KEY", "BOUNCES_IMAP_URL", "SMTP_URL", "DATABASE_URL", "TASK_BROKER_URL"}
)
"""Never shown, also when they are wrong."""


class Settings(BaseSettings):
    """Everything that is decided outside the program. Field names are the environment's names in lower case."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, extra="ignore")

    data_dir: Path = Path("instance")
    """Where the embedded database, pictures, keys and click journal live."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    """The address people reach the hub by, without a slash at the end. Default: http://HOST:PORT."""
    database_url: str = ""
    """Default: SQLite in DATA_DIR."""
    secret_key: str = ""
    """Signs form tokens. Default: made once and kept in DATA_DIR/keys."""
    sealing_keys: str = ""
    """`id:base64[,older-id:base64]`, 32 bytes each; seals tokens. Default: made once in DATA_DIR/keys."""
    vapid_key: str = ""
    """base64url of 32 bytes; the hub's name towards push services. Default: made once in DATA_DIR/keys."""
    company_name: str = Field(default="Our company", max_length=80)
    time_zone: str = "UTC"
    """The company's, as an IANA name such as Europe/Oslo: its days are what challenges last."""
    smtp_url: str = ""
    """`smtp://user:password@host:587` or `smtps://...`. Without it mail is kept as files in DATA_DIR/mail."""
    mail_from: str = "hub@localhost"
    bounces_imap_url: str = ""
    """`imaps://user:password@host:993/INBOX`; where letters that came back lie. Default: none is read."""
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    """How many proxies in front set X-Forwarded-*; their word is taken for address and scheme."""
    web_processes: int = Field(default=1, ge=1, le=64)
    web_threads: int = Field(default=4, ge=1, le=100)
    """Requests that one web process works on at once."""
    worker_threads: int = Field(default=32, ge=1, le=200)
    """Shares that one worker has under way at once; it mostly waits for networks."""
    task_broker_url: str = ""
    """`redis://:password@host:6379/0` or `amqp://user:password@host:5672/vhost`. Without it each worker carries out what it claims."""
    task_queue: str = Field(default="advocacy", pattern=r"^[A-Za-z0-9._-]{1,60}$")
    """The queue's name; hubs that share a broker need names that differ."""
    smallest_group: int = Field(default=5, ge=3, le=100)
    """People in the smallest group whose figures are shown on their own."""
    country_database: str = ""
    """A file in MaxMind's format that tells the country of an address. Without it no country is told."""
    four_eyes: bool = False
    """Whether an item is approved by somebody else than who wrote or changed it."""
    film_megabytes: int = Field(default=512, ge=1, le=4096)
    """The largest film that can be brought in."""
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    """`info` tells every request and what each job did."""
    log_format: Literal["plain", "json"] = "plain"
    fetch_allow_hosts: str = ""
    """Tests only: `127.0.0.1:4000,localhost:4001`; hosts that safe fetch may reach although they are private."""
    connectors_allow_private_hosts: bool = False
    """Tests and development only: networks on this machine may be connected to."""

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with https:// (or http:// for trying things out)")
        return value.rstrip("/")

    @field_validator("vapid_key")
    @classmethod
    def _is_a_vapid_key(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{43}=?", value):
            raise ValueError("must be 32 bytes as base64url; leave it empty to have one made")
        return value.rstrip("=")

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("must be an IANA name such as Europe/Oslo") from None
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
            raise ValueError("must be like smtp://user:password@host:587 or smtps://user:password@host:465")
        return value

    @field_validator("bounces_imap_url")
    @classmethod
    def _is_a_mailbox(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username):
            raise ValueError("must be like imaps://user:password@host:993/INBOX")
        return value

    @field_validator("task_broker_url")
    @classmethod
    def _is_a_broker(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("redis", "amqp") or not parts.hostname):
            raise ValueError("must be like redis://:password@host:6379/0 or amqp://user:password@host:5672/vhost")
        return value

    @property
    def address(self) -> str:
        """The public address, without a slash at the end."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'advocacy.db').absolute()}"

    @property
    def is_https(self) -> bool:
        """Whether people reach the hub over HTTPS, so that cookies can demand it."""
        return self.address.startswith("https://")

    @property
    def fetchable(self) -> frozenset[str]:
        """`FETCH_ALLOW_HOSTS` as single `host:port` pairs."""
        return frozenset(part.strip() for part in self.fetch_allow_hosts.split(",") if part.strip())

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment, for connectors, which declare the names they read."""
        return dict(os.environ)


def settings_or_exit() -> Settings:
    """The settings, or an end of the program with one list of what is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        print("The hub cannot start. Please mend these settings:", file=sys.stderr)  # noqa: T201
        for problem in error.errors():
            name = str(problem["loc"][0]).upper()
            now = "" if name in SECRET else f" (it is {problem['input']!r})"
            print(f"  {name}: {problem['msg']}{now}", file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None
