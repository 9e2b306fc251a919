"""A throw-away RabbitMQ for the tests: on loopback, on free ports, with a folder of its own."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .installed import installed
from .processes import free_port, listens, running


@pytest.fixture(scope="session")
def rabbitmq_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a RabbitMQ server, `amqp://user:password@host:port//`."""
    server = installed("RabbitMQ", Path("/usr/lib/rabbitmq/bin/rabbitmq-server"))
    epmd = installed("RabbitMQ", "epmd")
    logs, port, names = tmp_path_factory.mktemp("rabbitmq"), free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="advocacy-rabbitmq-", ignore_cleanup_errors=True) as home:
        settings = Path(home) / "rabbitmq.conf"
        settings.write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n")
        own = {
            "HOME": home,
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(settings),
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/plugins",
            "RABBITMQ_LOG_BASE": f"{home}/log",
            "RABBITMQ_MNESIA_BASE": f"{home}/data",
            "RABBITMQ_NODENAME": f"advocacy{os.getpid()}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}",
            # Erlang starts a register of names that stays for ever, unless one is there.
            "ERL_EPMD_PORT": str(names),
        }
        register = [epmd, "-port", str(names), "-address", "127.0.0.1"]
        with (
            running(register, ready=listens(names), log=logs / "epmd.log"),
            running([server], ready=listens(port), log=logs / "server.log", environment=own, seconds=90),
        ):
            yield f"amqp://guest:guest@127.0.0.1:{port}//"
