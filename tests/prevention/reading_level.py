"""The Flesch-Kincaid grade of English sentences, counted simply: good enough to notice a text that drifts out
of plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable


def syllables(word: str) -> int:
    plain = re.sub(r"[^a-z]", "", word.lower())
    if not plain:
        return 1
    groups = len(re.findall(r"[aeiouy]+", plain))
    silent = plain.endswith("e") and not plain.endswith(("le", "ee", "ye")) and groups > 1
    past = plain.endswith("ed") and not plain.endswith(("ted", "ded")) and groups > 1
    return max(1, groups - (silent or past))


def grade(texts: Iterable[str]) -> float:
    """The grade of the texts taken together; a text without an end mark counts as one sentence."""
    sentences = words = beats = 0
    for text in texts:
        parts = [part for part in re.split(r"[.!?]+\s+|\n", text) if re.search(r"\w", part)]
        sentences += len(parts)
        for word in re.findall(r"[A-Za-z’']+", text):
            words += 1
            beats += syllables(word)
    return 0.39 * words / sentences + 11.8 * beats / words - 15.59
