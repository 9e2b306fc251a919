"""What `make bench` runs."""

from . import (
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
):
    part.main()
    print(flush=True)
