"""Schema and migrations, writing, full-text index, reading back."""
