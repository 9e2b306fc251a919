"""What `make bench` runs."""

from . import claiming, figures, importing, memory, pages, publishing, redirect

redirect.main()
print()
publishing.main()
print()
claiming.main()
print()
importing.main()
print()
figures.main()
print()
memory.main()
print()
pages.main()
