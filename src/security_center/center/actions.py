"""Verbs of the set-up and of mending: each is a few actions of the rooms below in one transaction. Nothing is
kept here."""

from __future__ import annotations

from django.db import transaction

from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.notifications import actions as notifications
from security_center.foundation.organizations import actions as organizations
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, any_of, require
from security_center.foundation.timekeeping.actions import prove_time
from security_center.prevention import actions as prevention
from security_center.prevention import pages, presets
from security_center.prevention import queries as plan_queries

from .queries import alert_proofs, set_up


@transaction.atomic
def begin(
    *,
    actor: Person,
    name: str,
    city: str,
    time_zone: str,
    dispatch_number: str,
    state: str = "",
    parent: Organization | None = None,
    own_name: str = "",
    own_email: str = "",
) -> Organization:
    """Enter the district, below a new state if one is named, and the administrator's own name and address.

    Raises NotAllowed and the faults of organizations.create_organization and change_person.
    """
    above = parent
    if state.strip():
        above = organizations.create_organization(
            actor=actor, kind=Organization.Kind.STATE, name=state, time_zone=time_zone
        )
    district = organizations.create_organization(
        actor=actor,
        kind=Organization.Kind.DISTRICT,
        parent=above,
        name=name,
        city=city,
        time_zone=time_zone,
        dispatch_number=dispatch_number,
    )
    if own_name or own_email:
        organizations.change_person(
            actor=actor, person=actor, name=own_name or actor.name, email=own_email or actor.email
        )
    return district


@transaction.atomic
def fill_calendars(*, actor: Person, district: Organization, preset: str) -> list[Organization]:
    """Give each desk that has no reader yet a ready-made calendar of its own people. Returns the desks that
    got one. Raises NotAllowed."""
    filled = []
    for desk in set_up.desks_of(district):
        people = pages.suggested_readers(desk)
        if not people or plan_queries.readers_in_calendar(desk):
            continue
        set_calendar(actor=actor, desk=desk, preset=preset, people=[person.pk for person in people])
        filled.append(desk)
    return filled


@transaction.atomic
def set_calendar(*, actor: Person, desk: Organization, preset: str, people: list[int]) -> None:
    """Replace the calendar of one desk by a ready-made one. Raises NotAllowed, PlanFault."""
    plan = plan_queries.adopted_plan(desk) or plan_queries.begun(desk)
    prevention.set_coverage(
        actor=actor, organization=desk, rows=presets.rows_of(preset, people, plan.school_hours)
    )


@transaction.atomic
def send_test_alerts(*, actor: Person, district: Organization, only: int | None = None) -> int:
    """Send a test alert to everybody of the district's calendars and ladder who has not confirmed one, or to
    one of them (again).

    Raises NotAllowed. Returns how many were sent.
    """
    require(actor, Permission.COVERAGE_EDIT, district)
    named = alert_proofs.alert_people(district)
    people = named.waiting if only is None else [person for person in named.ordered if person.pk == only]
    for person in people:
        notifications.send_test_alert(actor=actor, person=person)
    return len(people)


@transaction.atomic
def open_forms(*, actor: Person, district: Organization) -> list[Organization]:
    """Publish anew what each desk of the district offers. Returns the schools that are open now. Raises
    NotAllowed."""
    require(actor, Permission.ORGANIZATION_EDIT, district)
    published = [(desk, prevention.publish_form(organization=desk)) for desk in set_up.desks_of(district)]
    return [desk for desk, form in published if form.open and desk.kind == Organization.Kind.SCHOOL]


@transaction.atomic
def confirm_time(*, actor: Person) -> None:
    """An administrator has compared the machine's clock with a watch: it is right now. Raises NotAllowed."""
    if not any_of(actor, [Permission.ORGANIZATION_EDIT]):
        raise NotAllowed(Permission.ORGANIZATION_EDIT)
    take_turn()
    prove_time()
    record(actor=actor, verb="clock.confirmed")
