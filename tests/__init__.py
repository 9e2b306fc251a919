"""What the product promises, as sentences of behaviour."""
