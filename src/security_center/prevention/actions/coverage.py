"""Verbs of the calendar. Each is one transaction: policy, change, ledger, and the published form renewed so
that the public page is true at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from security_center.foundation.ledger.actions import record
from security_center.foundation.notifications.actions import notify, send_test_alert
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has
from security_center.foundation.organizations.queries import people_with_role

from .. import policies
from ..models import Absence, Alternate, CoverageShift, Holiday
from ..queries import readers_to_remind
from ..shift_rows import ShiftRow
from .faults import DaysOutOfOrder, NotAReader, ShiftOutOfRange, TimesOutOfOrder
from .publishing import publish_below, publish_form

PROOF_RUNS_OUT = "prevention.proof_runs_out"


@transaction.atomic
def set_coverage(*, actor: Person | None, organization: Organization, rows: Iterable[ShiftRow]) -> None:
    """Replaces the weekly calendar of a desk. Everybody named must be able to read there."""
    policies.require_coverage_edit(actor, organization)
    pieces = _pieces(organization, list(rows))
    CoverageShift.objects.filter(organization=organization).delete()
    CoverageShift.objects.bulk_create(pieces)
    _coverage_changed(actor, organization, "coverage.set", len(pieces))


@transaction.atomic
def add_shifts(*, actor: Person | None, organization: Organization, rows: Iterable[ShiftRow]) -> None:
    """Adds stretches to the weekly calendar of a desk. Everybody named must be able to read there."""
    policies.require_coverage_edit(actor, organization)
    pieces = _pieces(organization, list(rows))
    CoverageShift.objects.bulk_create(pieces)
    _coverage_changed(actor, organization, "coverage.added", len(pieces))


@transaction.atomic
def remove_shifts(*, actor: Person | None, organization: Organization, ids: Iterable[int]) -> int:
    """Takes stretches out of the weekly calendar of a desk. Returns how many were there."""
    policies.require_coverage_edit(actor, organization)
    removed, _by_model = CoverageShift.objects.filter(organization=organization, pk__in=list(ids)).delete()
    if removed:
        _coverage_changed(actor, organization, "coverage.removed", removed)
    return removed


def _coverage_changed(actor: Person | None, organization: Organization, verb: str, shifts: int) -> None:
    thing = f"organization:{organization.pk}"
    record(actor=actor, verb=verb, about=thing, organization_id=organization.pk, detail={"shifts": shifts})
    publish_form(organization=organization)


def _pieces(organization: Organization, rows: list[ShiftRow]) -> list[CoverageShift]:
    """Stretches of one day each, as they are stored. Raises PlanFault."""
    pieces: list[CoverageShift] = []
    people = Person.objects.in_bulk({row.person_id for row in rows})
    for row in rows:
        person = people.get(row.person_id)
        if person is None or not person.is_active or not has(person, Permission.REPORT_READ, organization):
            raise NotAReader(person=str(person or row.person_id))
        if not (
            0 <= row.weekday <= 6
            and 0 <= row.starts_minute < 1440
            and 0 <= row.ends_minute <= 1440
            and 1 <= row.position <= 20
        ):
            raise ShiftOutOfRange
        stretches = [(row.weekday, row.starts_minute, row.ends_minute)]
        if row.ends_minute <= row.starts_minute:
            stretches = [(row.weekday, row.starts_minute, 1440), ((row.weekday + 1) % 7, 0, row.ends_minute)]
        pieces += [
            CoverageShift(
                organization=organization,
                person=person,
                weekday=day,
                starts_minute=start,
                ends_minute=end,
                position=row.position,
            )
            for day, start, end in stretches
            if start < end
        ]
    return pieces


@transaction.atomic
def add_holiday(
    *, actor: Person | None, organization: Organization, first_day: date, last_day: date, name: str
) -> Holiday:
    policies.require_coverage_edit(actor, organization)
    if last_day < first_day:
        raise DaysOutOfOrder
    holiday = Holiday.objects.create(
        organization=organization, first_day=first_day, last_day=last_day, name=name
    )
    record(actor=actor, verb="holiday.added", about=f"holiday:{holiday.pk}", organization_id=organization.pk)
    publish_below(organization)
    return holiday


@transaction.atomic
def remove_holiday(*, actor: Person | None, holiday: Holiday) -> None:
    policies.require_coverage_edit(actor, holiday.organization)
    record(
        actor=actor,
        verb="holiday.removed",
        about=f"holiday:{holiday.pk}",
        organization_id=holiday.organization_id,
    )
    organization = holiday.organization
    holiday.delete()
    publish_below(organization)


@transaction.atomic
def add_absence(
    *,
    actor: Person | None,
    organization: Organization,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
) -> Absence:
    """Anybody may mark their own absence; whoever keeps the calendar may mark anybody's of that desk."""
    if actor is not None and actor.pk != person.pk:
        policies.require_coverage_edit(actor, organization)
        if not has(person, Permission.REPORT_READ, organization):
            raise NotAReader(person=str(person))
    if ends_at <= starts_at:
        raise TimesOutOfOrder
    absence = Absence.objects.create(person=person, starts_at=starts_at, ends_at=ends_at)
    record(actor=actor, verb="absence.added", about=person, organization_id=organization.pk)
    for touched in Organization.objects.filter(coverage_shifts__person=person).distinct():
        publish_form(organization=touched)
    return absence


@transaction.atomic
def remove_absence(*, actor: Person | None, organization: Organization, absence: Absence) -> None:
    """The reader is back, or the entry was a mistake. One's own, or anybody's of that desk for whoever keeps
    its calendar."""
    if actor is not None and actor.pk != absence.person_id:
        policies.require_coverage_edit(actor, organization)
        if not has(absence.person, Permission.REPORT_READ, organization):
            raise NotAReader(person=str(absence.person))
    person = absence.person
    absence.delete()
    record(actor=actor, verb="absence.removed", about=person, organization_id=organization.pk)
    for touched in Organization.objects.filter(coverage_shifts__person=person).distinct():
        publish_form(organization=touched)


@transaction.atomic
def set_alternate(*, actor: Person | None, organization: Organization, person: Person) -> None:
    """Names who takes reports that are about the district itself."""
    policies.require_plan_edit(actor, organization)
    if not has(person, Permission.REPORT_READ, organization):
        raise NotAReader(person=str(person))
    Alternate.objects.update_or_create(organization=organization, defaults={"person": person})
    record(
        actor=actor,
        verb="alternate.set",
        about=f"organization:{organization.pk}",
        organization_id=organization.pk,
    )
    publish_below(organization)


@transaction.atomic
def remind_of_proofs(*, district: Organization, desks: list[Organization]) -> int:
    """A test alert to each reader of these desks whose proof runs out, and word to the district's
    administrators. Returns how many were asked."""
    people = readers_to_remind(desks)
    for person in people:
        send_test_alert(actor="worker", person=person)
    if people:
        for administrator in people_with_role(district, Role.ADMINISTRATOR, include_above=True):
            notify(
                person=administrator,
                kind=PROOF_RUNS_OUT,
                organization=district,
                path=f"/set-up/{district.slug}/alerts/",
            )
    return len(people)
