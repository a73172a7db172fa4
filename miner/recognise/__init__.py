"""Article → mentions."""
