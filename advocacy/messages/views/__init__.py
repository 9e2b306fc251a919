"""Pages of voice."""
