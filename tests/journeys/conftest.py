"""What journeys can ask for beside the rest: a whole running hub."""

from tests.journeys.hub import start_hub

__all__ = ["start_hub"]
