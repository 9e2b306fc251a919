"""Each file is a network that the contract runs over."""
