"""Small real servers on this machine, written to misbehave as a test wants, and counting who comes."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket, bytes], None]
"""Answers one request: is given the connection and what was asked."""


@dataclass
class Server:
    """A running server."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    """What was asked of it, head and all."""
    connections: int = 0

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.name}/"


def answer(body: bytes = b"hello", status: str = "200 OK", **headers: str) -> Behaviour:
    """Answer with this body and these headers (underscores for hyphens)."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n"
    return lambda connection, _asked: connection.sendall(head + body)


def redirect(location: str, status: str = "302 Found") -> Behaviour:
    """Send the visitor on."""
    return answer(b"", status, Location=location)


@contextlib.contextmanager
def running(behaviour: Behaviour, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server on a free port, ended with all its connections when the block ends."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, 0), family=family)
    server, over = Server(listener.getsockname()[1]), threading.Event()

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(connection.close)
            connection.settimeout(10)
            spoken = tls.wrap_socket(connection, server_side=True) if tls else connection
            stack.callback(spoken.close)
            asked = b""
            while b"\r\n\r\n" not in asked:
                piece = spoken.recv(65536)
                if not piece:
                    return
                asked += piece
            server.requests.append(asked)
            behaviour(spoken, asked)

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        over.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join(5)
