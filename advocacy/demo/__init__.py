"""A made-up company for trying the hub out."""
