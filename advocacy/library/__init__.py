"""Content items, captions, campaigns, sources, media, review."""
