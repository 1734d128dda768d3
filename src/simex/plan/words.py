"""Names that people read: what a terminal or a page would take for a command, or read backwards, is no part
of one."""

from __future__ import annotations

import re

# Control characters, marks that turn the direction of other letters, and halves of letters. In JSON Schema's
# spelling too: schema.json says the same.
FORBIDDEN = r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
ONLY_PLAIN = rf"^(?![\s\S]*[{FORBIDDEN}])"
LONGEST = 200

_forbidden = re.compile(f"[{FORBIDDEN}]+")


def plain(words: str, longest: int = LONGEST) -> str:
    """A name without what is forbidden, cut to `longest` letters."""
    return re.sub(r"\s{2,}", " ", _forbidden.sub(" ", words[: 4 * longest])).strip()[:longest].rstrip()
