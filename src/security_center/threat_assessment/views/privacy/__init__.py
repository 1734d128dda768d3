"""The pages of the privacy of a case."""
