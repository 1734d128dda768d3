"""Guardians by household, as they are sealed: with whom a student lives, and whom to call."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from security_center.foundation.vault import damage


@dataclass(frozen=True)
class Guardian:
    name: str
    relation: str = ""
    phone: str = ""
    language: str = ""


@dataclass(frozen=True)
class Household:
    guardians: tuple[Guardian, ...]


def to_text(households: list[Household]) -> str:
    """ "" when there is nobody."""
    kept = [
        [asdict(guardian) for guardian in household.guardians]
        for household in households
        if household.guardians
    ]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else ""


def from_text(text: str) -> list[Household]:
    """Raises nothing: where what is sealed is damaged, the sentence that says so stands in the place of a
    name."""
    if damage.is_sentence(text):
        return [Household((Guardian(text),))]
    return [Household(tuple(Guardian(**one) for one in group)) for group in json.loads(text)] if text else []
