"""What `make bench` runs."""

from . import importing, redirect

redirect.main()
print()
importing.main()
