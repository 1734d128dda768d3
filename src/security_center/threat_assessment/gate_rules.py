"""The rules of the gates that ask nothing of the database: of one case the gates ask them, of many at once
the chair's page does."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from . import content_loader as doctrine

INVOLVED = "involved"
# Disciplines that stand for law enforcement
OFFICERS = frozenset({"law_enforcement", "school_resource_officer"})
# Who is spoken to in every case, or whose refusal is written down.
TO_BE_HEARD = ("student_of_concern", "parent_guardian")


def two_disciplines(*members: Iterable[str]) -> bool:
    """Whether these members bring two disciplines between them: a second person of the same one adds
    nothing."""
    return len({one for disciplines in members for one in disciplines}) >= 2


def prompts_missing(asked: Collection[str]) -> list[str]:
    return [prompt for prompt in doctrine.mandatory_prompts() if prompt not in asked]


def kinds_of_source_missing(answered: Iterable[str]) -> int:
    """Three teachers are one kind: school, peers, family, community, records. Those who are involved
    themselves do not count toward it."""
    groups = {doctrine.sources()[kind].group for kind in answered} - {INVOLVED}
    return max(0, doctrine.source_kinds_needed() - len(groups))


def required_disciplines(rule_set: str, on_team: Iterable[Collection[str]]) -> list[str]:
    """An officer has to sign where the rule set says "where one is employed" and one is on the team."""
    wanted = doctrine.team_rule_sets()[rule_set].required
    officer = any(OFFICERS & set(disciplines) for disciplines in on_team)
    return [one.expertise for one in wanted if one.when != "if_employed" or officer]
