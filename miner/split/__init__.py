"""Page → articles."""
