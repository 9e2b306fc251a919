"""What `make bench` runs."""

from . import importing, publishing, redirect

redirect.main()
print()
publishing.main()
print()
importing.main()
