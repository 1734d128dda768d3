"""Verbs of the central reporting system, one file per noun."""
