"""Points and leaderboard."""
