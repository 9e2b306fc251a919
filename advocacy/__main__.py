"""`python -m advocacy`."""

from advocacy.cli import main

main(prog_name="python -m advocacy")
