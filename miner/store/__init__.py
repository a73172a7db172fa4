"""Schema and migrations, writing, reading back, words for codes."""
