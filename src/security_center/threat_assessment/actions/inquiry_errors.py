"""What several verbs refuse in the same way."""

from __future__ import annotations


class Unknown(Exception):
    """No such prompt, kind of source or answer."""
