"""What a plan begins with: the version before it, the district's plan, or the starting plan; and the words of
its steps."""

from __future__ import annotations

from copy import deepcopy
from itertools import chain

from django.utils.translation import gettext as _
from django.utils.translation import override

from security_center.foundation import languages
from security_center.foundation.organizations.models import Organization

from . import steps
from .doctrine import management
from .models import Plan

Words = dict[str, list[str]]  # language → paragraphs

SCHOOL = "school"  # the one blank that fills itself
# What a new version takes over from the one before it, or a school's first from its district's.
TAKEN_OVER = ("words", "own_words", "public_steps", *chain.from_iterable(steps.FIELDS.values()))


def begin(organization: Organization, *, before: Plan | None, above: Plan | None) -> Plan:
    """A draft that is not stored: as the version before, else as the plan above, else as the starting plan
    has it."""
    settings = management.starting_plan().settings
    plan = Plan(
        organization=organization,
        version=0,
        rule_set=settings.team_rules,
        scheme=settings.scheme,
        interview_order=settings.interview_order,
        above=above,
    )
    source = before or above
    for field in TAKEN_OVER if source is not None else ():
        setattr(plan, field, deepcopy(getattr(source, field)))
    if before is None:
        plan.words, plan.own_words = {}, []
    plan.words = {step: words for step, words in plan.words.items() if step in plan.own_words}
    return plan


def names_to_fill() -> list[str]:
    """The blanks of the starting plan that a school fills in."""
    return [name for name in management.starting_plan().blanks if name != SCHOOL]


def name_in(plan: Plan, name: str, language: str) -> str:
    """Whom the organization filled in for a blank. A person's name is the same in each language; a job may be
    said in another language beside it."""
    return str(plan.names.get(f"{name}_{language}") or plan.names.get(name) or "")


def standard_words(plan: Plan, step: str) -> Words:
    """The words of a step where nothing else was written here: the district's own, else the starting plan's
    with this organization's names."""
    above = plan.above
    while above is not None:
        if step in above.own_words:
            return words_of(above, step)
        above = above.above
    return {language: _filled(plan, step, language) for language in languages.codes()}


def _filled(plan: Plan, step: str, language: str) -> list[str]:
    with override(language):
        unnamed = _("(not named yet)")
    names = {name: name_in(plan, name, language) or unnamed for name in names_to_fill()}
    names[SCHOOL] = plan.organization.name
    return [line.formatted(language, **names) for line in management.starting_plan().steps[step].text]


def words_of(plan: Plan, step: str) -> Words:
    """The paragraphs of a step in each language: as they were adopted, or in a draft as they would be. Words
    from before a language was offered are English in it."""
    if step not in plan.words:
        return standard_words(plan, step)
    kept = plan.words[step]
    return {code: kept.get(code, kept.get(languages.fallback(), [])) for code in languages.codes()}


def title_of(organization: Organization, language: str) -> str:
    return management.starting_plan().title.formatted(language, **{SCHOOL: organization.name})


def freeze_words(plan: Plan) -> None:
    """Writes the words of every step into the plan, so that no later edition of the starting plan changes
    what was adopted."""
    plan.words = {step: words_of(plan, step) for step in management.starting_plan().steps}
