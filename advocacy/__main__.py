"""`python -m advocacy`."""

import gc

# What is loaded now stays: the collector would only walk through all of it again and again, a tenth of the start.
gc.disable()
from advocacy.cli import main  # noqa: E402

gc.freeze()
gc.enable()
main(prog_name="python -m advocacy")
