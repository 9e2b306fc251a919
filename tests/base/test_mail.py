"""The post, against a real mail server in this process."""

import email
import email.policy
import socket
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from advocacy.base.mail import Post, TryLater, Undeliverable


class Mailbox:
    """Takes letters, or says what it was told to say."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.connections = 0

    async def handle_EHLO(self, server: SMTP, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: SMTP, session, envelope: Envelope, address: str, options) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope: Envelope) -> str:
        self.letters.append(email.message_from_bytes(envelope.content or b"", policy=email.policy.default))
        return self.answers.get("DATA", "250 OK")


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def authenticated(server, session, envelope, mechanism, data) -> AuthResult:
    fits = isinstance(data, LoginPassword) and (data.login, data.password) == (b"hub@nordlys.no", b"p@ss word")
    return AuthResult(success=fits, handled=False)


@pytest.fixture
def server(mailbox) -> Iterator[Controller]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=port,
        authenticator=authenticated,
        auth_require_tls=False,
        enable_SMTPUTF8=False,
    )
    running.start()
    yield running
    running.stop()


def letter(to: str = "kari@example.com", subject: str = "Hei på deg") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "hub@nordlys.no", to
    message["Message-ID"] = "<abc123@nordlys.no>"
    message.set_content("Kjære Kari,\nkom og del!\n")
    return message


def post_to(server: Controller, user: str = "") -> Post:
    from pathlib import Path

    return Post(smtp_url=f"smtp://{user}127.0.0.1:{server.port}", folder=Path("never"))


def test_letters_arrive_whole_over_one_connection(server, mailbox):
    with post_to(server).round() as send:
        for name in ("kari", "ola", "per"):
            send(letter(f"{name}@example.com"))
    assert [one["To"] for one in mailbox.letters] == ["kari@example.com", "ola@example.com", "per@example.com"]
    assert mailbox.letters[0]["Subject"] == "Hei på deg"
    assert "Kjære Kari" in mailbox.letters[0].get_content()
    assert mailbox.connections == 1


def test_the_password_may_hold_any_sign(server, mailbox):
    with post_to(server, "hub%40nordlys.no:p%40ss%20word@").round() as send:
        send(letter())
    assert len(mailbox.letters) == 1


def test_a_wrong_password_makes_letters_wait_for_the_operator(server, mailbox):
    with post_to(server, "hub%40nordlys.no:wrong@").round() as send, pytest.raises(TryLater, match="535"):
        send(letter())
    assert not mailbox.letters


def test_the_password_is_never_sent_to_another_machine_in_the_clear(server, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", _leads_here(server.port))
    post = Post(smtp_url=f"smtp://u:secret@mail.example.com:{server.port}", folder=post_to(server).folder)
    with post.round() as send, pytest.raises(TryLater, match="no encryption"):
        send(letter())


def _leads_here(port: int):
    def resolve(host, *args, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    return resolve


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("550 5.1.1 no such mailbox", Undeliverable),
        ("452 4.2.2 mailbox full", TryLater),
        ("450 4.2.0 greylisted, try again", TryLater),
    ],
)
def test_what_the_server_says_of_a_reader_decides_whether_it_is_worth_another_try(server, mailbox, answer, kind):
    mailbox.answers["kari@example.com"] = answer
    with post_to(server).round() as send:
        with pytest.raises(kind, match=answer[4:]):
            send(letter())
        send(letter("ola@example.com"))
    assert [one["To"] for one in mailbox.letters] == ["ola@example.com"], "the next letter goes out all the same"


def test_a_letter_refused_as_a_whole_is_not_sent_again(server, mailbox):
    mailbox.answers["DATA"] = "554 5.7.1 looks like spam"
    with post_to(server).round() as send, pytest.raises(Undeliverable, match="looks like spam"):
        send(letter())


def test_an_address_the_server_cannot_write_is_refused_for_good(server):
    with post_to(server).round() as send, pytest.raises(Undeliverable):
        send(letter("kåre@example.com"))


def test_no_server_means_later_not_never():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        post = Post(smtp_url=f"smtp://127.0.0.1:{port}", folder=None)
        with post.round() as send, pytest.raises(TryLater):
            send(letter())


def test_without_a_server_letters_are_kept_as_files_for_the_hub_alone(tmp_path):
    post = Post(smtp_url="", folder=tmp_path / "mail")
    assert post.is_kept_in_files
    with post.round() as send:
        send(letter())
        send(letter())
    (file,) = (tmp_path / "mail").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    kept = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert kept["To"] == "kari@example.com"


def test_a_name_cannot_lead_out_of_the_folder(tmp_path):
    message = letter()
    del message["Message-ID"]
    message["Message-ID"] = "<../../evil@nordlys.no>"
    with Post(smtp_url="", folder=tmp_path / "mail").round() as send:
        send(message)
    assert [file.name for file in (tmp_path / "mail").iterdir()] == [".._.._evil.eml"]
