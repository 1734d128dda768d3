"""The verbs of the privacy of a case."""
