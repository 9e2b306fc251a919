"""What `make bench` runs."""

from . import figures, importing, publishing, redirect

redirect.main()
print()
publishing.main()
print()
importing.main()
print()
figures.main()
