"""Short identifiers that a person can read and type."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter


class Names:
    """Gives each thing a name of its own: the second “door-a” becomes “door-a-2”."""

    def __init__(self) -> None:
        self._given: set[str] = {"outside"}
        self._next: Counter[str] = Counter()

    def give(self, wish: str) -> str:
        plain = unicodedata.normalize("NFKD", wish).encode("ascii", "ignore").decode()
        base = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "unnamed"
        name = base
        while name in self._given:
            self._next[base] += 1
            name = f"{base}-{self._next[base] + 1}"
        self._given.add(name)
        return name
