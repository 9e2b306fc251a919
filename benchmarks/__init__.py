"""How fast what must be fast is, measured beside its peers in one run: only the ratios mean something."""
