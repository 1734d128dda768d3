"""Filters of the pages of cases."""

from __future__ import annotations

from django import template

from security_center.foundation.content_reader import Text
from security_center.foundation.wording import Clock
from security_center.prevention.doctrine.kinds import Mark, TellLawEnforcement
from security_center.reporting.forms_staff import identifier_choices

from .. import content_loader as doctrine
from .. import wording
from ..content_kinds import PrivacyRule
from ..gates import GatesUnmet
from ..models import Case, State
from ..views.sentences import GateLine, gate_lines

register = template.Library()


@register.filter
def case_clock(case: Case) -> Clock | None:
    return wording.clock_of(case)


@register.filter
def expertise_names(keys: list[str]) -> str:
    """The disciplines that somebody stands for, as words."""
    return ", ".join(str(doctrine.expertise()[key].label) for key in keys if key in doctrine.expertise())


@register.filter
def asked_word(kind: str, state: str) -> str:
    return wording.asked_word(kind, state)


@register.filter
def option_word(key: str, case: Case) -> str:
    """What kind of step of a plan it is, in the words of the plan that the case was opened under."""
    return case.rules.option_label(key)


@register.filter
def le_words(answer: TellLawEnforcement) -> Text:
    """Whether law enforcement is told of a behavior."""
    return doctrine.law_enforcement_words()[answer]


@register.filter
def gates_of(refusal: GatesUnmet) -> list[GateLine]:
    """What a refused act still needs, in words."""
    return gate_lines(refusal.unmet)


@register.filter
def state_word(state: str) -> str:
    return str(State(state).label)


@register.filter
def mark_label(mark: Mark) -> Text:
    """The same in a word or two."""
    return doctrine.marks()[mark].label


@register.filter
def mark_words(mark: Mark) -> str:
    """How sure we are of a rule, in words: what is not confirmed is never shown as anybody's rule."""
    words = doctrine.marks()[mark]
    return f"{words.label}: {words.meaning}"


@register.filter
def of_part(statements: dict[str, list[str]], name: str) -> list[str]:
    """The statements of disagreement about one text; about the record as a whole for an empty name."""
    return statements.get(name, []) if statements else []


@register.simple_tag
def ferpa_card() -> list[PrivacyRule]:
    return [doctrine.privacy_rules()[key] for key in doctrine.answer_card()]


@register.simple_tag
def counsel_note() -> str:
    return str(doctrine.counsel_note())


@register.filter
def identifier_names(codes: list[str]) -> str:
    """What somebody compared, as words."""
    names = dict(identifier_choices())
    return ", ".join(str(names[code]) for code in codes if code in names)
