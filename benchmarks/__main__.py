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
    recorded,
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
    recorded,
    pages,
    memory,
    starting,
    alignment,
):
    part.main()
    print(flush=True)
