"""Links, clicks, network figures, roll-ups."""
