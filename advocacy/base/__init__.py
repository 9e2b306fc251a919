"""The ground: knows no area of the product."""
