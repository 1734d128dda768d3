"""SSC_EMAIL_FROM: who our e-mails come from."""

from __future__ import annotations

import re

from .given import stop

_ADDRESS = re.compile(r"([^<>@\r\n]*<)?[^<>@\s]+@[^<>@\s]+(?(1)>)")


def checked(given: str) -> str:
    """The sender as it was given: an address, with or without a name. Anything else stops the start, or the first alert would reach nobody."""
    if not _ADDRESS.fullmatch(given):
        stop(f"SSC_EMAIL_FROM is “{given}”, but it must be an address like School Security <no-reply@example.org>.")
    return given
