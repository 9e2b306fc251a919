"""Pages of reach: where links end that lead no further, what a share reached, and what each figure means."""
