"""Messages: what people are told of, on which way, and when."""
