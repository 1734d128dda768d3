"""The made-up cases of a team, and what becomes of its minutes (content/), as typed values."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from security_center.foundation.content_folder import ContentFolder
from security_center.foundation.content_reader import Text
from security_center.prevention.doctrine.kinds import Rule, Sourced

CONTENT = ContentFolder(Path(__file__).parent / "content")


class PracticeCase(Sourced):
    """A made-up case with which a team practices. `twist`: what the lead brings in when the team thinks that
    it is done."""

    key: str
    title: Text
    student: Text
    facts: Text
    concern: Text
    twist: Text
    ask: tuple[Text, ...]


@cache
def practice_cases() -> dict[str, PracticeCase]:
    """Made-up cases with which a team practices."""
    return CONTENT.keyed(PracticeCase, "practice_cases.yaml", "cases")


@cache
def meetings_kept() -> Rule:
    return CONTENT.entry(Rule, "meetings.yaml", "meetings_kept")
