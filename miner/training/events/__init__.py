"""Learning what tells an event: annotated articles, the labels of their words, the tables."""
