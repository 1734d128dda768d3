"""Thin: request → form → action or query → page."""
