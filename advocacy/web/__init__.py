"""What pages need from Flask."""
