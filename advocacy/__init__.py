"""The employee advocacy hub: one folder an area, in the order of the product's own story."""
