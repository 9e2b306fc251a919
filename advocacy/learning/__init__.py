"""What the company teaches: courses with a quiz and a certificate, sessions with places, and what must come before sharing."""
