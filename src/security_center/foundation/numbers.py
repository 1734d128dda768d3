"""Numbers by which people name a thing: a report, a case, a request."""

from __future__ import annotations

import secrets

# Without 0/O, 1/I/L and U: a number is read aloud on the phone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_number() -> str:
    """Random: a running number would tell how many there are, and in which order they came."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))
