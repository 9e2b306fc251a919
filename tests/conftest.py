"""What every test can ask for. The real servers and browsers come from tests/peers."""

pytest_plugins = ["tests.peers.sockets", "tests.peers.databases"]
