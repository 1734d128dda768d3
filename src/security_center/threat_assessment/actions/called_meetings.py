"""A grave answer calls the team together by itself, and the student stays with an adult until three people
have agreed that class is safe (threat-assessment.md F1).

Oxford, 2021: no team was convened, the officer was not at the meeting, and the student went back to class
with an unsearched bag."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.foundation.school_time import end_of_school_day
from security_center.prevention.queries import calendar_of

from .. import content_loader as doctrine
from .. import gates, policies
from ..case_ledger import to_ledger
from ..gate_checks import ADMINISTRATION
from ..gate_rules import OFFICERS, two_disciplines
from ..models import Case, ClassReturn, Convening, Member, Removal
from ..sealing import seal, unsealed
from . import case_duties
from .state_transitions import NotATransition, ReasonWanted, locked_for
from .thresholds import raise_unless_asked

DANGER, MEMBER_ASKS = "danger", "member"
MEETING, RETURN = "called/", "class/"
# Back to class is a place to go to, as a state is: gates stand before it.
CLASS = gates.CLASS


class OneDisciplineMet(Refusal):
    """A called meeting has two disciplines in the room, and the officer where the team has one."""

    fields = ("present",)
    sentence = _lazy(
        "Two disciplines have to be there, and the officer where the team has one. Meet again with "
        "them, or write who else was there."
    )


class NotTheirs(Refusal):
    """The administrator and the officer are two people, each of whom stands for that on the team."""

    sentence = _lazy(
        "For this, somebody else has to agree: the administrator and the officer are two people, "
        "each of whom stands for that on the team."
    )


def call(*, case: Case, triggers: Iterable[str], actor: Person | None) -> None:
    """Called inside a transaction with the row locked, by whatever was answered: the members meet today, and
    the student stays with an adult."""
    called = [key for key in triggers if case.open]
    if not called:
        return
    at = now()
    due = end_of_school_day(calendar_of(case.school), at)
    if not Convening.objects.filter(case=case, held_at__isnull=True).exists():
        Convening(case=case, trigger=called[0], called_at=at, called_by=actor, due_at=due).save(
            force_insert=True
        )
        to_ledger(case, actor, "case.team_called", trigger=called[0], due=due.isoformat())
        for member in Member.objects.filter(case=case, removed_at__isnull=True).select_related("person"):
            case_duties.raise_case_duty(
                case=case,
                kind=case_duties.MEET,
                due_at=due,
                actor=actor,
                holder=member.person,
                step=timedelta(hours=1),
                urgency="U1",
                part=MEETING,
            )
    for threshold in dict.fromkeys(doctrine.triggers()[key].threshold for key in called):
        if threshold:
            raise_unless_asked(case=case, threshold=threshold, actor=actor)
    holding = [key for key in called if doctrine.triggers()[key].holds_from_class]
    if holding:
        _hold(case, holding[0], actor)


def _hold(case: Case, trigger: str, actor: Person | None) -> ClassReturn:
    row = ClassReturn.objects.filter(case=case, outcome="").first()
    if row is None:
        at = now()
        due = end_of_school_day(calendar_of(case.school), at)
        row = ClassReturn(case=case, trigger=trigger, raised_at=at, raised_by=actor, due_at=due)
        row.save(force_insert=True)
        to_ledger(case, actor, "case.held_from_class", trigger=trigger)
        case_duties.raise_case_duty(
            case=case,
            kind=case_duties.RETURN,
            due_at=due,
            actor=actor,
            step=timedelta(hours=1),
            urgency="U1",
            part=RETURN,
        )
    return row


def hold_who_is_due_back(*, case: Case) -> bool:
    """Called inside a transaction with the row locked: kept out for days that are over now, the student may
    stand at the door, and nobody has decided anything (threat-assessment.md F1: sent away and back is no way
    around the search). Returns whether it is asked from now on."""
    last = ClassReturn.objects.filter(case=case).order_by("-raised_at", "-pk").first()
    if (
        last is None
        or last.outcome != ClassReturn.Outcome.KEPT_OUT
        or last.decided_at is None
        or not case.open
    ):
        return False
    today, since = case.today(), last.decided_at.astimezone(case.zone).date()
    away = Removal.objects.filter(case=case)
    if (
        away.filter(Q(last_day__isnull=True) | Q(last_day__gte=today)).exists()
        or not away.filter(last_day__gte=since).exists()
    ):
        return False
    _hold(case, last.trigger, None)
    return True


@transaction.atomic
def hold_from_class(*, actor: Person, case: Case) -> ClassReturn:
    """A member wants it: until it is decided the student stays with an adult. Once while it is open."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if not fresh.open:
        raise NotATransition(fresh, CLASS)
    return _hold(fresh, MEMBER_ASKS, actor)


@transaction.atomic
def hold_meeting(*, actor: Person, case: Case, present: Sequence[Person], note: str) -> Convening:
    """The called team has met: who was there, and what came of it. Raises NotATransition (none is called),
    OneDisciplineMet, ReasonWanted."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    row = Convening.objects.select_for_update(no_key=True).filter(case=fresh, held_at__isnull=True).first()
    if row is None:
        raise NotATransition(fresh, "meeting")
    if not note.strip():
        raise ReasonWanted
    there = {person.pk for person in present}
    called = _called(fresh, row)
    in_the_room = [member for member in called if member.removed_at is None and member.person_id in there]
    if len(in_the_room) < 2 or not two_disciplines(*(member.disciplines for member in in_the_room)):
        raise OneDisciplineMet
    has_officer = any(OFFICERS & set(member.disciplines) for member in called)
    if has_officer and not any(policies.speaks_for_law_enforcement(member, fresh) for member in in_the_room):
        raise OneDisciplineMet
    row.held_at, row.held_by = now(), actor
    seal(unsealed(fresh), row, note=note)
    row.save()
    row.present.set([member.person_id for member in in_the_room])
    to_ledger(
        fresh,
        actor,
        "case.team_met",
        trigger=row.trigger,
        present=len(in_the_room),
        late=row.due_at < row.held_at,
    )
    case_duties.settle(case=fresh, kind=case_duties.MEET, actor=actor, outcome="met")
    return row


def _called(case: Case, row: Convening) -> list[Member]:
    """The team, and whoever was let go of it since it was called: nobody is spared the officer by sending
    them away."""
    rows = Member.objects.filter(case=case).exclude(removed_at__lt=row.called_at)
    return list(rows.select_related("person"))


@transaction.atomic
def answer_search(*, actor: Person, case: Case, search: str, weapon_known: str, note: str) -> ClassReturn:
    """What the search found, and whether the student can get a weapon. Whoever agreed to other answers agrees
    anew. Raises ReasonWanted."""
    fresh, row = _open_return(actor, case)
    if search not in doctrine.searches() or weapon_known not in {"yes", "no", "unknown"} or not note.strip():
        raise ReasonWanted
    row.search, row.weapon_known, row.searched_by = search, weapon_known, actor
    row.administrator = row.officer = row.administrator_at = row.officer_at = None
    seal(unsealed(fresh), row, note=note)
    row.save()
    to_ledger(fresh, actor, "case.search_answered", search=search, weapon=weapon_known)
    return row


@transaction.atomic
def agree_to_return(*, actor: Person, case: Case, stands_for: str) -> ClassReturn:
    """As the administrator or as the officer. Raises NotTheirs (another discipline, or the same person
    twice), GatesUnmet (nothing searched yet)."""
    fresh, row = _open_return(actor, case)
    member = policies.member_of(actor, fresh)
    if member is None or not stands_for_it(fresh, member, stands_for):
        raise NotTheirs
    other = row.officer_id if stands_for == ADMINISTRATION else row.administrator_id
    if other == actor.pk:
        raise NotTheirs
    facts = [one for one in gates.unmet_to_return(fresh) if one.gate.key in gates.FACTS_OF_RETURN]
    if facts:
        raise gates.GatesUnmet(fresh, CLASS, facts)
    if stands_for == ADMINISTRATION:
        row.administrator, row.administrator_at = actor, now()
    else:
        row.officer, row.officer_at = actor, now()
    row.save()
    to_ledger(fresh, actor, "case.return_agreed", stands_for=stands_for)
    return row


def stands_for_it(case: Case, member: Member, stands_for: str) -> bool:
    if stands_for == "law_enforcement":
        return policies.speaks_for_law_enforcement(member, case)
    return stands_for == ADMINISTRATION and ADMINISTRATION in member.disciplines


@transaction.atomic
def return_to_class(*, actor: Person, case: Case, reason: str) -> ClassReturn:
    """Back to class: searched, the weapons question answered, an administrator and the officer agree. Raises
    GatesUnmet, ReasonWanted."""
    return _decide(actor, case, ClassReturn.Outcome.RETURNED, reason)


@transaction.atomic
def keep_out(*, actor: Person, case: Case, reason: str) -> ClassReturn:
    """The student does not go back now: home with a parent, to a hospital, to another setting. Raises
    ReasonWanted."""
    return _decide(actor, case, ClassReturn.Outcome.KEPT_OUT, reason)


def _decide(actor: Person, case: Case, outcome: ClassReturn.Outcome, reason: str) -> ClassReturn:
    fresh, row = _open_return(actor, case)
    if not reason.strip():
        raise ReasonWanted
    missing = gates.unmet_to_return(fresh) if outcome == ClassReturn.Outcome.RETURNED else []
    if missing:
        raise gates.GatesUnmet(fresh, CLASS, missing)
    row.outcome, row.decided_at, row.decided_by = outcome, now(), actor
    seal(unsealed(fresh), row, reason=reason)
    row.save()
    to_ledger(fresh, actor, f"case.class_{outcome}")
    case_duties.settle(case=fresh, kind=case_duties.RETURN, actor=actor, outcome=outcome)
    return row


def _open_return(actor: Person, case: Case) -> tuple[Case, ClassReturn]:
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    row = (
        ClassReturn.objects.select_for_update(no_key=True, of=("self",))
        .filter(case=fresh, outcome="")
        .first()
    )
    if row is None:
        raise NotATransition(fresh, CLASS)
    return fresh, row
