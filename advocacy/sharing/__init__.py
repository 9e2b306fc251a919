"""The feed, connections, shares and the publisher."""
