"""Settings, audit, health."""
