"""Whether a school's form may be open, and what it lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from security_center.foundation.clock import now
from security_center.foundation.notifications.queries import unconfirmed
from security_center.foundation.organizations.models import Organization, Person

from .. import coverage
from ..models import Plan
from .coverage_calendar import DAYS_LOOKED_AHEAD, readers_in_calendars, shifts_at

DAYS_A_TEST_ALERT_COUNTS = 120


@dataclass(frozen=True)
class FormState:
    """Whether a school's form may be open, and what each missing thing is, as codes the pages turn into
    sentences."""

    open: bool
    missing: list[str] = field(default_factory=list)
    readers_without_confirmed_alert: list[Person] = field(default_factory=list)
    open_until: datetime | None = None


def form_state(organization: Organization) -> FormState:
    """A school's form opens only for an adopted plan whose calendar names readers, and, outside the demo,
    only when somebody reads at each of its hours who proved in the last 120 days that a test alert reaches
    them: an alert that goes to a mailbox nobody reads is the failure this system exists to end. Somebody
    unproved beside them closes nothing, and is named."""
    return form_states([organization])[organization.pk]


def form_states(organizations: Iterable[Organization]) -> dict[int, FormState]:
    """The same for each of several desks, which come with their parents, by id. Five queries."""
    places = list(organizations)
    calendars = readers_in_calendars(places)
    above = {one.pk for place in places for one in place.line()}
    adopted = Plan.objects.filter(organization__in=above, state=Plan.State.ADOPTED)
    with_plan = set(adopted.values_list("organization_id", flat=True))
    named = {person.pk: person for readers in calendars.values() for person in readers}
    asked = [] if settings.SSC_DEMO else unconfirmed(named.values(), DAYS_A_TEST_ALERT_COUNTS)
    unproved = {person.pk for person in asked}
    in_doubt = [place for place in places if any(one.pk in unproved for one in calendars[place.pk])]
    proved_at_each_hour = _proved_at_each_hour(in_doubt, unproved)
    found = {}
    for place in places:
        waiting = [person for person in calendars[place.pk] if person.pk in unproved]
        lacking = {
            "no_plan": not any(one.pk in with_plan for one in place.line()),
            "no_reader": not calendars[place.pk],
            "unproved_reader": bool(waiting) and place.pk not in proved_at_each_hour,
        }
        missing = [code for code, lacks in lacking.items() if lacks]
        found[place.pk] = FormState(
            open=not missing and place.active, missing=missing, readers_without_confirmed_alert=waiting
        )
    return found


def _proved_at_each_hour(organizations: Collection[Organization], unproved: set[int]) -> set[int]:
    """Ids of those desks where beside the unproved readers somebody who is proved reads at each hour.
    Absences do not count here: they end."""
    if not organizations:
        return set()
    start = now().replace(minute=0, second=0, microsecond=0)
    end = start + timedelta(days=DAYS_LOOKED_AHEAD)
    zones = {place.pk: place.zone for place in organizations}
    shifts, _people = shifts_at(organizations)
    found = set()
    for pk, of_desk in shifts.items():
        of_proved = [shift for shift in of_desk if shift.person_id not in unproved]
        by_all, by_proved = (
            coverage.covered(some, [], start, end, zones[pk]) for some in (of_desk, of_proved)
        )
        if by_all == by_proved:
            found.add(pk)
    return found
