"""What `make bench` runs."""

from . import (
    alignment,
    bytes_a_click,
    claiming,
    feed,
    figures,
    importing,
    kills,
    memory,
    pages,
    publishing,
    redirect,
    starting,
    versions,
)

for part in (
    versions,
    redirect,
    kills,
    importing,
    bytes_a_click,
    figures,
    feed,
    claiming,
    publishing,
    pages,
    memory,
    starting,
    alignment,
):
    part.main()
    print(flush=True)
