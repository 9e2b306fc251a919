"""Goals, the plan, the touchpoints and the evaluation: what the company means to reach, open to everybody."""
