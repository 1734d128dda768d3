"""Meetings of a team: called, held, minuted. That a team has not met in time is a duty of its lead, and
rings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import Rung, discharge_about, raise_duty
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.identity import desk_recipients
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.foundation.timekeeping.queries import moment_on_record
from security_center.foundation.vault.actions import prepare_record, save_record
from security_center.foundation.vault.columns import unseal
from security_center.foundation.vault.records import OpenRecord
from security_center.prevention import ladders
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.actions.edit_conflicts import require_version
from security_center.threat_assessment.case_ledger import to_ledger
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.queries.list import open_cases_of
from security_center.threat_assessment.sealing import seal, unsealed

from .. import meeting_rhythm, policies
from .. import queries as reads
from ..models import Attendance, Discussed, Meeting, Rhythm
from ..sealing import unsealed_meeting

DUE = "meeting.due"
CALLED = "meeting.called"
STEP = timedelta(days=2)


class NotPlanned(Refusal):
    """The meeting was held or called off before."""

    sentence = _lazy(
        "This meeting is over or was called off. What has to be corrected goes into the minutes of "
        "the next one."
    )


ENOUGH_TO_MEET = 2  # one person is no meeting, and would put off the real one until the next


class NobodyPresent(Refusal):
    """A meeting at which nobody was, or one alone, cannot have been held."""

    sentence = _lazy("Mark first who was there: at least two people.")


class NotYet(Refusal):
    """A meeting cannot have been held before it begins."""

    sentence = _lazy("The meeting has not begun yet. Move it to now if it is held earlier.")


class WordsWanted(Refusal):
    """Something has to be written first."""

    sentence = _lazy("Write it in a sentence first. Nothing was changed.")


@transaction.atomic
def set_rhythm(
    *, actor: Person | None, place: Organization, every: str, with_district: bool = False
) -> Rhythm:
    """How often the team meets, at least. Raises NotAllowed; ValueError for a rhythm that is none."""
    policies.require_meeting(actor, Permission.MEETING_WRITE, place)
    take_turn()
    row, _made = Rhythm.objects.update_or_create(
        place=place,
        defaults={
            "district": place.district,
            "every": Rhythm.Every(every),
            "with_district": with_district and place.pk != place.district.pk,
            "set_at": now(),
            "set_by": actor,
        },
    )
    record(
        actor=actor,
        verb="meeting.rhythm_set",
        about=team_thing(place),
        organization_id=place.pk,
        detail={"every": row.every, "with_district": row.with_district},
    )
    _settle_due(place, actor, "rhythm_set")
    raise_meeting_duty(place=place)
    return row


@transaction.atomic
def call_meeting(
    *, actor: Person | None, place: Organization, starts_at: datetime, on_demand: bool = False
) -> Meeting:
    """A meeting is planned, and the team of the place is told. Its agenda is read from the cases. Raises
    NotAllowed."""
    policies.require_meeting(actor, Permission.MEETING_WRITE, place)
    take_turn()
    names = desk_recipients(place, place.district)
    opened = save_record(prepare_record(recipients=names))
    meeting = Meeting(
        record=opened.record,
        district=place.district,
        place=place,
        starts_at=starts_at,
        on_demand=on_demand,
        called_at=now(),
        called_by=actor,
    )
    meeting.save(force_insert=True)
    record(
        actor=actor,
        verb="meeting.called",
        about=meeting,
        organization_id=place.pk,
        detail={"starts": starts_at.isoformat(), "on_demand": on_demand},
    )
    for person in reads.team_at(place, own=True):
        if actor is None or person.pk != actor.pk:
            notify(person=person, kind=CALLED, organization=place, path=meeting.path)
    return meeting


@transaction.atomic
def move_meeting(*, actor: Person, meeting: Meeting, starts_at: datetime) -> Meeting:
    """Another time. Raises NotAllowed, NotPlanned."""
    fresh = _locked(actor, meeting)
    fresh.starts_at = starts_at
    fresh.save(update_fields=["starts_at"])
    detail = {"starts": starts_at.isoformat()}
    record(actor=actor, verb="meeting.moved", about=fresh, organization_id=fresh.place_id, detail=detail)
    for person in reads.team_at(fresh.place, own=True):
        if person.pk != actor.pk:
            notify(person=person, kind=CALLED, organization=fresh.place, path=fresh.path)
    return fresh


@transaction.atomic
def drop_meeting(*, actor: Person, meeting: Meeting, reason: str) -> Meeting:
    """Called off, with a reason. The duty to meet stays. Raises NotAllowed, NotPlanned, WordsWanted."""
    fresh = _locked(actor, meeting)
    if not reason.strip():
        raise WordsWanted
    fresh.state, fresh.settled_at, fresh.settled_by = Meeting.State.DROPPED, now(), actor
    seal(unsealed_meeting(fresh), fresh, reason=reason)
    fresh.save()
    record(actor=actor, verb="meeting.dropped", about=fresh, organization_id=fresh.place_id)
    return fresh


@transaction.atomic
def look_at_meeting(*, actor: Person, meeting: Meeting) -> OpenRecord:
    """Open the minutes to be read. Raises NotAllowed, VaultLocked."""
    policies.require_meeting(actor, Permission.MEETING_VIEW, meeting.place)
    opened = unsealed_meeting(meeting)
    record(actor=actor, verb="meeting.read", about=meeting, organization_id=meeting.place_id)
    return opened


@transaction.atomic
def write_minutes(
    *,
    actor: Person,
    meeting: Meeting,
    present: Mapping[Person, Sequence[str]],
    others_present: str,
    minutes: str,
    version: int,
) -> Meeting:
    """Who was there, for which disciplines, and what was said of no single case. As often as wanted until the
    meeting is over.

    `version`: of the minutes that the page showed. Raises NotAllowed, NotPlanned, ChangedMeanwhile.
    """
    fresh = _locked(actor, meeting)
    require_version(fresh, version)
    fresh.version, fresh.written_by = version + 1, actor
    seal(unsealed_meeting(fresh), fresh, minutes=minutes, others_present=others_present)
    fresh.save()
    known = doctrine.expertise()
    Attendance.objects.filter(meeting=fresh).delete()
    Attendance.objects.bulk_create(
        Attendance(meeting=fresh, person=person, disciplines=[one for one in disciplines if one in known])
        for person, disciplines in present.items()
    )
    record(
        actor=actor,
        verb="meeting.minutes_written",
        about=fresh,
        organization_id=fresh.place_id,
        detail={"present": ",".join(str(person.pk) for person in present)},
    )
    return fresh


@transaction.atomic
def write_about_case(*, actor: Person, meeting: Meeting, case: Case, note: str, version: int) -> Discussed:
    """What was said of a case at the meeting: sealed under the case, for its team. `version`: of the note
    that the page showed.

    Raises NotAllowed, NotPlanned, ChangedMeanwhile.
    """
    case_policies.require(actor, Permission.CASE_WRITE, case)
    fresh = _locked(actor, meeting)
    row = Discussed.objects.filter(meeting=fresh, case=case).first() or Discussed(meeting=fresh, case=case)
    require_version(row, version)
    row.version, row.written_by = version + 1, actor
    row.state, row.late = case.state, case.is_late()
    seal(unsealed(case), row, note=note)
    row.save()
    to_ledger(case, actor, "case.discussed", meeting=fresh.pk)
    return row


@transaction.atomic
def hold_meeting(*, actor: Person, meeting: Meeting) -> Meeting:
    """The meeting is over: its minutes are closed, every open case is noted as it stood, and the next meeting
    becomes due.

    Raises NotAllowed, NotPlanned, NobodyPresent, NotYet.
    """
    fresh = _locked(actor, meeting)
    at = now()
    if fresh.starts_at > at:
        raise NotYet
    # People who do not sign in here
    others = bool(unseal(unsealed_meeting(fresh), fresh, "others_present").strip())
    if Attendance.objects.filter(meeting=fresh).count() + others < ENOUGH_TO_MEET:
        raise NobodyPresent
    noted = set(Discussed.objects.filter(meeting=fresh).values_list("case_id", flat=True))
    cases = list(open_cases_of(fresh.place))
    Discussed.objects.bulk_create(
        Discussed(meeting=fresh, case=case, state=case.state, late=case.is_late(at))
        for case in cases
        if case.pk not in noted
    )
    fresh.state, fresh.settled_at, fresh.settled_by = Meeting.State.HELD, moment_on_record(), actor
    fresh.save(update_fields=["state", "settled_at", "settled_by"])
    detail = {"cases": len(cases), "present": fresh.attendance.count()}
    record(actor=actor, verb="meeting.held", about=fresh, organization_id=fresh.place_id, detail=detail)
    for place in reads.places_met_for(fresh.place):
        _settle_due(place, actor, "held")
        raise_meeting_duty(place=place)
    return fresh


def team_thing(place: Organization) -> str:
    """How the ledger and duties name the team of a place."""
    return f"team:{place.pk}"


@transaction.atomic
def raise_meeting_duty(*, place: Organization) -> bool:
    """The team of the place has to meet by its rhythm: one duty of its lead, as long as it stands. Twice is
    once."""
    if open_about(team_thing(place), DUE).exists():
        return False
    owed = reads.next_due(place)
    if owed is None:
        return False
    lead = next(iter(reads.leads_of(place)), None)
    start = max(now(), meeting_rhythm.ask_from(owed.every, owed.at))
    due = max(owed.at, start)
    names = ["holder", f"role:{reads.LEADS[1]}", ladders.DISTRICT, ladders.SUPERINTENDENT]
    moments = [start, due, due + STEP, due + 2 * STEP]
    raise_duty(
        kind=DUE,
        thing=team_thing(place),
        organization=place,
        ladder=[Rung(at=moment, audience=name) for moment, name in zip(moments, names, strict=True)],
        actor=None,
        due_at=due,
        holder=lead,
        path=f"/team-meetings/?place={place.slug}",
        repeat_minutes=24 * 60,
    )
    return True


def _settle_due(place: Organization, actor: Person | None, outcome: str) -> None:
    discharge_about(thing=team_thing(place), kind=DUE, actor=actor, outcome=outcome)


def _locked(actor: Person, meeting: Meeting) -> Meeting:
    """The row, locked and fresh, with the permission asked of it. Raises NotAllowed, NotPlanned."""
    policies.require_meeting(actor, Permission.MEETING_WRITE, meeting.place)
    take_turn()
    rows = Meeting.objects.select_for_update(of=("self",), no_key=True).select_related(
        "place__parent__parent", "district"
    )
    fresh = rows.get(pk=meeting.pk)
    if not fresh.planned:
        raise NotPlanned
    return fresh
