"""Annotated article → posts, events, quotes, figures."""
