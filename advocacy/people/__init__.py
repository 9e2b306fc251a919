"""Users, teams, roles, sign-in, privacy."""
