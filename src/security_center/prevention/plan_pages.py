"""What the pages of the plan show: the eight steps with words and choices, the versions, and where two
versions differ. Reads, never writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import get_language

from security_center.foundation import languages
from security_center.foundation.organizations.models import Organization

from .beginning import words_of
from .doctrine.kinds_of_management import PlanStep
from .models import Plan
from .plan_words import Fact, facts_of
from .steps import steps

VERSIONS_SHOWN = 20


def own_plan(organization: Organization) -> Plan | None:
    return (
        Plan.objects.filter(organization=organization, state=Plan.State.ADOPTED)
        .select_related("adopted_by")
        .first()
    )


def versions(organization: Organization) -> list[Plan]:
    rows = Plan.objects.filter(organization=organization).exclude(state=Plan.State.DRAFT)
    return list(rows.select_related("adopted_by").order_by("-version")[:VERSIONS_SHOWN])


def version_of(organization: Organization, version: int) -> Plan | None:
    rows = Plan.objects.filter(organization=organization, version=version).exclude(state=Plan.State.DRAFT)
    return rows.select_related("adopted_by", "organization").first()


def page_language() -> str:
    return languages.offered(get_language())


@dataclass(frozen=True)
class StepSaid:
    """One step as a reader sees it."""

    step: PlanStep
    paragraphs: list[str]
    facts: list[Fact]
    public: bool
    own: bool  # its words were written here

    @property
    def open(self) -> bool:
        """Choices that are stricter than usual are shown without asking."""
        return any(fact.stricter for fact in self.facts)


def said(plan: Plan, language: str = "") -> list[StepSaid]:
    spoken = language or page_language()
    return [
        StepSaid(
            step,
            words_of(plan, step.key)[spoken],
            facts_of(plan, step.key),
            step.key in plan.public_steps,
            step.key in plan.own_words,
        )
        for step in steps()
    ]


# --- two versions side by side
# ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChangedFact:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangedWords:
    """Paragraphs in order: kind is "same", "gone" or "new"."""

    language: str
    paragraphs: list[tuple[str, str]]


@dataclass(frozen=True)
class StepChanges:
    step: PlanStep
    facts: list[ChangedFact] = field(default_factory=list)
    words: list[ChangedWords] = field(default_factory=list)
    public: Any = None  # "shown", "hidden" or None

    @property
    def any(self) -> bool:
        return bool(self.facts or self.words or self.public)


def changes(before: Plan, after: Plan) -> list[StepChanges]:
    """Only the steps that differ, each with what differs in it."""
    found = [_step_changes(step, before, after) for step in steps()]
    return [one for one in found if one.any]


def _step_changes(step: PlanStep, before: Plan, after: Plan) -> StepChanges:
    old = {fact.key: fact for fact in facts_of(before, step.key)}
    new = {fact.key: fact for fact in facts_of(after, step.key)}
    facts = [
        ChangedFact(
            (new.get(key) or old[key]).label,
            old[key].value if key in old else "—",
            new[key].value if key in new else "—",
        )
        for key in dict.fromkeys((*old, *new))
        if (old[key].value if key in old else None) != (new[key].value if key in new else None)
    ]
    public = None
    if (step.key in before.public_steps) != (step.key in after.public_steps):
        public = "shown" if step.key in after.public_steps else "hidden"
    return StepChanges(
        step, facts, _word_changes(words_of(before, step.key), words_of(after, step.key)), public
    )


def _word_changes(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[ChangedWords]:
    return [
        ChangedWords(language, _paragraphs(before.get(language, []), after.get(language, [])))
        for language in languages.codes()
        if before.get(language, []) != after.get(language, [])
    ]


def _paragraphs(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for _tag, old_from, old_to, new_from, new_to in SequenceMatcher(
        a=before, b=after, autojunk=False
    ).get_opcodes():
        if before[old_from:old_to] == after[new_from:new_to]:
            found += [("same", text) for text in after[new_from:new_to]]
        else:
            found += [("gone", text) for text in before[old_from:old_to]]
            found += [("new", text) for text in after[new_from:new_to]]
    return found
