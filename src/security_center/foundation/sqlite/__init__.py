"""Django's SQLite backend with writers that take turns (docs/decisions: writers take turns)."""
