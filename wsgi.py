"""The WSGI application, for any server."""

from advocacy.app import create_app
from config import settings_or_exit

app = create_app(settings_or_exit())
