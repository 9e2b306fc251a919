"""The WSGI application, for any server."""

import multiprocessing

from advocacy.app import create_app
from advocacy.base import processes
from config import settings_or_exit

# A server that makes processes for its pages may be killed; they must not go on answering with what is old by then.
maker = multiprocessing.parent_process()
if maker is not None and not processes.end_with(maker.pid or 0):
    raise SystemExit("The web server that started this process is gone.")

app = create_app(settings_or_exit())
