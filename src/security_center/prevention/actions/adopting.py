"""Verbs of the plan: a draft is saved step by step, and adopted as a new version. What was adopted is never
changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.school_time import SchoolCalendar

from .. import policies, queries
from ..beginning import TAKEN_OVER, Words, begin, freeze_words, standard_words
from ..content_loader import categories
from ..doctrine import assessment, management
from ..models import Plan
from ..signals import plan_adopted
from ..steps import FIELDS
from ..tightening import (
    NUMBERS,
    Loosened,
    loosened,
    may_be_left_out,
    option_may_be_left_out,
    tighten,
)
from .faults import (
    BehaviorStays,
    DecidedLater,
    HoursNotReadable,
    OptionStays,
    PlanFault,
    RetentionTooShort,
    SchoolDayTooShort,
    SofterClock,
    SofterUrgency,
    UnknownCategory,
    UnknownChoice,
)
from .publishing import publish_below


class LooserThanAbove(PlanFault):
    """A school may only tighten its district's plan. `loosened` says where this is looser, each as a
    sentence."""

    def __init__(self, found: list[Loosened]) -> None:
        super().__init__()
        self.loosened, self.sentence = found, " ".join(map(str, found))


class ChangedMeanwhile(Exception):
    """Somebody else saved this step since the page was opened. `by` is who; what they wrote is in the
    draft."""

    def __init__(self, by: Person | None) -> None:
        super().__init__(str(by))
        self.by = by


@transaction.atomic
def save_step(*, actor: Person, organization: Organization, step: str, seen: int, **values: Any) -> Plan:
    """Saves one step of the draft, which begins with the version in force. `seen` is how often the step had
    been saved when its page was opened.

    Raises NotAllowed, ChangedMeanwhile, LooserThanAbove, PlanFault.
    """
    policies.require_plan_edit(actor, organization)
    take_turn()
    draft = queries.draft_or_begun(organization)
    if draft.step_revisions.get(step, 0) != seen:
        raise ChangedMeanwhile(draft.changed_by)
    shown = standard_words(draft, step)
    for field in FIELDS[step]:
        if field in values:
            setattr(draft, field, values[field])
    if "paragraphs" in values:
        _write_words(draft, step, values["paragraphs"], shown)
    if "public" in values:
        draft.public_steps = [
            key
            for key in management.starting_plan().steps
            if (values["public"] if key == step else key in draft.public_steps)
        ]
    _require_sound(draft)
    _require_as_strict(draft, step)
    draft.step_revisions = {**draft.step_revisions, step: seen + 1}
    draft.changed_by = actor
    draft.save()
    record(
        actor=actor,
        verb="plan.step_saved",
        about=f"plan:{draft.pk}",
        organization_id=organization.pk,
        detail={"step": step, "revision": seen + 1},
    )
    return draft


def _write_words(draft: Plan, step: str, paragraphs: Words, shown: Words) -> None:
    """What reads as the standard words is not kept: so it follows the names, and the district's plan, when
    they change. `shown` is how the page showed the standard words: a name that is filled in on the same page
    must not turn them into words of one's own."""
    standard = standard_words(draft, step)
    written = {
        language: _renewed(paragraphs.get(language) or shown[language], shown[language], text)
        for language, text in standard.items()
    }
    draft.words = {key: words for key, words in draft.words.items() if key != step}
    draft.own_words = [key for key in draft.own_words if key != step]
    if written != standard:
        draft.words[step] = written
        draft.own_words.append(step)


def _renewed(written: list[str], shown: list[str], standard: list[str]) -> list[str]:
    """What was left as the page showed it reads as the standard words read now."""
    now_read = dict(zip(shown, standard, strict=False))
    return [now_read.get(paragraph, paragraph) for paragraph in written]


@transaction.atomic
def throw_draft_away(*, actor: Person, organization: Organization) -> bool:
    """The version in force stays as it is. Returns whether there was a draft."""
    policies.require_plan_edit(actor, organization)
    take_turn()
    draft = queries.stored_draft(organization)
    if draft is None:
        return False
    record(
        actor=actor, verb="plan.draft_discarded", about=f"plan:{draft.pk}", organization_id=organization.pk
    )
    draft.delete()
    return True


@transaction.atomic
def adopt_draft(
    *, actor: Person, organization: Organization, adopted_for: str = "", decided_on: date | None = None
) -> Plan:
    """Adopts the draft, or where there is none the starting plan as it is. Raises NotAllowed,
    LooserThanAbove, PlanFault."""
    policies.require_plan_edit(actor, organization)
    take_turn()
    draft = queries.draft_or_begun(organization)
    if decided_on is not None and decided_on > organization.today():
        raise DecidedLater
    draft.adopted_for, draft.decided_on = adopted_for.strip(), decided_on
    return _adopt(draft, actor)


@transaction.atomic
def adopt_plan(*, actor: Person | None, organization: Organization, **choices: object) -> Plan:
    """Adopts a new version at once; `choices` are fields of Plan. What is not chosen stays as it was, or as
    the starting plan has it. A draft that somebody works on stays as it is. Raises NotAllowed,
    LooserThanAbove, PlanFault."""
    policies.require_plan_edit(actor, organization)
    take_turn()
    plan = queries.begun(organization)
    for name, value in choices.items():
        setattr(plan, name, value)
    return _adopt(plan, actor)


def _adopt(plan: Plan, actor: Person | None, *, carried: bool = False) -> Plan:
    organization = plan.organization
    _require_sound(plan)
    _require_as_strict(plan)
    freeze_words(plan)
    newest = Plan.objects.filter(organization=organization).order_by("-version").first()
    Plan.objects.filter(organization=organization, state=Plan.State.ADOPTED).update(
        state=Plan.State.SUPERSEDED
    )
    plan.version = newest.version + 1 if newest is not None else 1
    plan.state, plan.adopted_at, plan.adopted_by, plan.carried = Plan.State.ADOPTED, now(), actor, carried
    plan.save()
    detail = {"version": plan.version, "carried": carried}
    record(
        actor=actor,
        verb="plan.adopted",
        about=f"plan:{plan.pk}",
        organization_id=organization.pk,
        detail=detail,
    )
    for below in queries.plans_right_below(organization):
        _carry_down(below, plan, actor)
    if not carried:
        publish_below(organization)
        plan_adopted.send(sender=Plan, plan=plan, actor=actor)
    return plan


def _carry_down(own: Plan, above: Plan, actor: Person | None) -> None:
    """A plan below is never looser than the new one above it: it gets a version of its own that is as strict.
    Its names and its own words stay."""
    plan = begin(own.organization, before=own, above=above)
    plan.created_at, plan.adopted_for, plan.decided_on = now(), above.adopted_for, above.decided_on
    tighten(plan, above)
    freeze_words(plan)
    if any(getattr(plan, field) != getattr(own, field) for field in TAKEN_OVER):
        _adopt(plan, actor, carried=True)


def _require_as_strict(plan: Plan, step: str = "") -> None:
    found = loosened(plan, plan.above, step)
    if found:
        raise LooserThanAbove(found)


def _require_sound(plan: Plan) -> None:
    """What no plan may say, whoever's it is. Raises PlanFault."""
    known = categories()
    _require_known(UnknownCategory, [*plan.hidden_categories, *plan.stricter_urgencies], known)
    softer = [key for key, urgency in plan.stricter_urgencies.items() if urgency > known[key].urgency]
    if softer:
        raise SofterUrgency
    if (
        min(plan.retention_days, plan.case_retention_days) < 30
        or min(plan.retention_days_unfounded, plan.case_retention_days_short) < 7
    ):
        raise RetentionTooShort
    try:
        calendar = SchoolCalendar.from_facts(
            {"school_hours": plan.school_hours, "message_hours": plan.message_hours}
        )
    except (ValueError, IndexError, KeyError) as error:
        raise HoursNotReadable from error
    if calendar.has_too_short_day():
        raise SchoolDayTooShort
    _require_known(UnknownChoice, [plan.rule_set], assessment.team_rule_sets())
    _require_known(UnknownChoice, [plan.scheme], management.schemes())
    _require_known(UnknownChoice, [plan.interview_order], assessment.interview_orders())
    _require_known(UnknownChoice, [plan.law_of] if plan.law_of else [], management.state_laws())
    if not all(may_be_left_out(key) for key in plan.left_out_behaviors):
        raise BehaviorStays
    if not all(option_may_be_left_out(name) for name in plan.left_out_options):
        raise OptionStays
    for field, (names, standard) in NUMBERS.items():
        chosen = getattr(plan, field)
        _require_known(UnknownChoice, chosen, names())
        if any(not 0 < number <= standard(name) for name, number in chosen.items()):
            raise SofterClock


def _require_known(fault: type[PlanFault], used: Iterable[str], known: Iterable[str]) -> None:
    if not set(used) <= set(known):
        raise fault
