"""The management plan: each step has an owner and a backup, daily ones are confirmed each school day, and the
case is reviewed until it can close."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault.columns import shown
from security_center.prevention.queries import calendar_of
from security_center.training.trained import untrained

from .. import policies
from ..case_ledger import to_ledger
from ..models import Action, Case, Confirmation, Judgement, Plan, Review, State
from ..sealing import seal, unsealed
from . import case_duties
from .case_opening import CannotJoin
from .edit_conflicts import require_version
from .state_transitions import NotATransition, ReasonWanted, locked_for, require_near, require_running

# On its way to another school it is still looked after here
REVIEWED_IN = frozenset({State.MANAGING, State.MONITORING, State.HANDOFF})
DAILY_BY = time(9, 0)  # local; a daily step that nobody has confirmed by then rings


class TwoStepIn(Refusal):
    """A search with one person to step in: on the day both are away nobody searches, as in Denver in 2023
    (threat-assessment.md F11)."""

    fields = ("second_backup",)
    sentence = _lazy(
        "A search needs two people who step in. Choose a third person, other than the first two."
    )


class SearchersNotTrained(Refusal):
    """Somebody who is to search, or steps in, has no training that counts today. `names` says who."""

    fields = ("owner",)
    sentence = _lazy(
        "Whoever searches, or steps in, needs a training for the team that counts today. It is missing for: "
        "%(names)s. Enter it under Training, or choose somebody else."
    )


@transaction.atomic
def write_plan(
    *,
    actor: Person,
    case: Case,
    goal: str,
    raises_concern: str,
    lowers_concern: str,
    out_of_hours: str,
    version: int,
) -> Plan:
    """Make the plan, or change its words; it is approved anew then. `version`: of the words that the page
    showed (0: none).

    Raises NotATransition, ReasonWanted (a text is empty), ChangedMeanwhile.
    """
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if fresh.state not in {State.CLASSIFIED, State.MANAGING, State.MONITORING, State.IMMINENT}:
        raise NotATransition(fresh, State.MANAGING)
    if not (goal.strip() and raises_concern.strip() and lowers_concern.strip()):
        raise ReasonWanted
    plan = Plan.objects.filter(case=fresh).first() or Plan(case=fresh)
    require_version(plan, version)
    plan.version = version + 1
    plan.made_at, plan.made_by, plan.approved_at, plan.approved_by = now(), actor, None, None
    seal(
        unsealed(fresh),
        plan,
        goal=goal,
        raises_concern=raises_concern,
        lowers_concern=lowers_concern,
        out_of_hours=out_of_hours,
    )
    plan.save()
    to_ledger(fresh, actor, "case.plan_written")
    return plan


@transaction.atomic
def approve_plan(*, actor: Person, case: Case) -> Plan:
    """The lead approves. Raises NotATransition when there is no plan, or somebody else leads."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    plan = Plan.objects.filter(case=fresh).first()
    if plan is None or fresh.lead_id != actor.pk:
        raise NotATransition(fresh, State.MANAGING)
    plan.approved_at, plan.approved_by = now(), actor
    plan.save()
    to_ledger(fresh, actor, "case.plan_approved")
    return plan


@transaction.atomic
def add_action(
    *,
    actor: Person,
    case: Case,
    option: str,
    what: str,
    owner: Person,
    backup: Person,
    due_on: date,
    second_backup: Person | None = None,
) -> Action:
    """A step of the plan. Owner and backup are two people who may work on cases here; a search has a second
    backup, and all three are trained. Raises NotATransition, CannotJoin, ReasonWanted, TooFarOff, TwoStepIn,
    SearchersNotTrained."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    plan = Plan.objects.filter(case=fresh).first()
    if plan is None or not fresh.open or option not in fresh.rules.plan_options:
        raise NotATransition(fresh, State.MANAGING)
    if not what.strip():
        raise ReasonWanted
    named = [one for one in (owner, backup, second_backup) if one is not None]
    if owner.pk == backup.pk or not all(policies.may_do_steps(person, fresh) for person in named):
        raise CannotJoin
    require_near(due_on, fresh.today())
    chosen = fresh.rules.plan_options[option]
    if len({person.pk for person in named}) < (3 if chosen.needs_trained_owner else len(named)):
        raise TwoStepIn
    # Practicing is how one learns
    lacking = untrained(named, fresh.school) if chosen.needs_trained_owner and not fresh.practice else []
    if lacking:
        raise SearchersNotTrained(names=", ".join(person.name for person in lacking))
    row = Action(
        plan=plan,
        option=option,
        owner=owner,
        backup=backup,
        second_backup=second_backup,
        due_on=due_on,
        daily=chosen.daily_confirmation,
        added_at=now(),
    )
    seal(unsealed(fresh), row, what=what)
    row.save(force_insert=True)
    to_ledger(
        fresh,
        actor,
        "case.action_added",
        action=row.pk,
        option=option,
        owner=owner.pk,
        backup=backup.pk,
        **({"second_backup": second_backup.pk} if second_backup is not None else {}),
        daily=row.daily,
    )
    due = datetime.combine(due_on, time(16, 0), fresh.zone)
    case_duties.raise_case_duty(
        case=fresh,
        kind=case_duties.ACTION,
        due_at=due,
        actor=actor,
        holder=owner,
        part=case_duties.part_of_step(row.pk),
    )
    return row


@transaction.atomic
def settle_action(*, actor: Person, case: Case, action: Action, state: str, evidence: str) -> Action:
    """Done, with what shows it; or given up, with a reason. Raises NotATransition, ReasonWanted."""
    fresh, row = _locked_for_step(actor, case, action)
    if row.state != Action.State.OPEN or state not in {Action.State.DONE, Action.State.WAIVED}:
        raise NotATransition(fresh, state)
    if not evidence.strip():
        raise ReasonWanted
    row.state, row.settled_at, row.settled_by = state, now(), actor
    seal(unsealed(fresh), row, evidence=evidence)
    row.save()
    to_ledger(fresh, actor, f"case.action_{state}", action=row.pk)
    for kind in (case_duties.ACTION, case_duties.DAILY):  # a step that is over is not asked for today either
        case_duties.settle(
            case=fresh, kind=kind, actor=actor, outcome=state, part=case_duties.part_of_step(row.pk)
        )
    return row


def _locked_for_step(actor: Person, case: Case, action: Action) -> tuple[Case, Action]:
    """For a member, or whoever was given the step without a place on the team: both rows as they lie now.
    Raises NotAllowed."""
    fresh = locked_for(actor=None, permission=Permission.CASE_WRITE, case=case)
    row = Action.objects.select_for_update(no_key=True).get(pk=action.pk, plan__case=fresh)
    if not policies.does_step(actor, row, fresh):
        policies.require(actor, Permission.CASE_WRITE, fresh)
    return fresh, row


@transaction.atomic
def read_instructions(*, actor: Person, case: Case, action: Action) -> str:
    """What to do, for somebody who does this step and is not on the team: this one text and nothing else of
    the case. Raises NotAllowed."""
    fresh = locked_for(actor=None, permission=Permission.CASE_READ, case=case)
    row = Action.objects.get(pk=action.pk, plan__case=fresh)
    if not policies.does_step(actor, row, fresh):
        raise NotAllowed(f"instructions of {fresh.thing}")
    text = shown(unsealed(fresh), row, "what")
    to_ledger(fresh, actor, "case.instructions_read", action=row.pk)
    return text


@transaction.atomic
def confirm_today(*, actor: Person, case: Case, action: Action) -> Confirmation:
    """Today's part of a daily step was done (a search, a check-in). Twice is once."""
    fresh, row = _locked_for_step(actor, case, action)
    if not row.daily or row.state != Action.State.OPEN or not fresh.open:
        raise NotATransition(fresh, "daily")
    today = fresh.today()
    done, made = Confirmation.objects.get_or_create(
        action=row, day=today, defaults={"by": actor, "at": now()}
    )
    if made:
        to_ledger(fresh, actor, "case.daily_confirmed", action=row.pk, day=today.isoformat())
        case_duties.settle(
            case=fresh,
            kind=case_duties.DAILY,
            actor=actor,
            outcome="confirmed",
            part=case_duties.part_of_step(row.pk),
        )
    return done


def ask_for_daily_steps(*, case: Case) -> int:
    """Called by the worker on a school morning: each open daily step gets its duty for today
    (threat-assessment.md F11: silence rings). Returns how many."""
    at = now()
    today = case.today()
    if calendar_of(case.school).school_day(today) is None:
        return 0
    due = datetime.combine(today, DAILY_BY, case.zone)
    made = 0
    rows = Action.objects.filter(plan__case=case, daily=True, state=Action.State.OPEN).select_related(
        "owner", "backup", "second_backup"
    )
    for row in rows.exclude(confirmations__day=today):
        part = case_duties.part_of_step(row.pk)
        # A role that ended by the clock told nobody: then whoever stands in is asked, and the lead after
        # them.
        holder = next((one for one in row.named if policies.may_do_steps(one, case)), case.lead)
        with transaction.atomic():
            if not case_duties.is_owed(case=case, kind=case_duties.DAILY, part=part):
                case_duties.raise_case_duty(
                    case=case,
                    kind=case_duties.DAILY,
                    due_at=max(due, at),
                    actor=None,
                    holder=holder,
                    step=timedelta(minutes=30),
                    part=part,
                )
                made += 1
    return made


@transaction.atomic
def review(
    *, actor: Person, case: Case, text: str, next_in_days: int, judgement: Judgement | None = None
) -> Review:
    """The case was looked at again, and the next review has a date. What is new is marked as seen on its own
    page, never by this.

    Raises OnHold, NotATransition, ReasonWanted.
    """
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    require_running(fresh)
    if fresh.state not in REVIEWED_IN:
        raise NotATransition(fresh, "review")
    if not text.strip() or not 1 <= next_in_days <= 90:
        raise ReasonWanted
    at = now()
    row = Review(case=fresh, at=at, by=actor, judgement=judgement, next_at=at + timedelta(days=next_in_days))
    seal(unsealed(fresh), row, text=text)
    row.save(force_insert=True)
    if fresh.state == State.MONITORING:
        fresh.state_due = row.next_at
        fresh.save(update_fields=["state_due"])
    to_ledger(
        fresh, actor, "case.reviewed", review=row.pk, next=row.next_at.isoformat() if row.next_at else None
    )
    case_duties.settle(case=fresh, kind=case_duties.LOOK_AGAIN, actor=actor, outcome="reviewed")
    if fresh.state == State.MONITORING or (
        fresh.state == State.HANDOFF and open_about(fresh.thing, case_duties.REVIEW).exists()
    ):
        case_duties.settle(case=fresh, kind=case_duties.REVIEW, actor=actor, outcome="reviewed")
        case_duties.raise_case_duty(
            case=fresh, kind=case_duties.REVIEW, due_at=row.next_at or at, actor=actor
        )
    return row
