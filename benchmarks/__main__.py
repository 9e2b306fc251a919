"""What `make bench` runs."""

from . import redirect

redirect.main()
