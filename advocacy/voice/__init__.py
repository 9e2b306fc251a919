"""Voice: what colleagues are asked, what they say, and what everybody should know."""
