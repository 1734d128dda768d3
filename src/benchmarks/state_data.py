"""A whole state as rows: 190 districts, 2,000 schools, 20,000 staff with roles, calendars, plans, reports and
cases.

Written straight into the tables, since only the reading of pages is measured; what carries seals (a report, a
case) is one real thing, made by its action and copied."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

DISTRICTS, SCHOOLS, LARGEST, STAFF = 190, 2_000, 100, 20_000
REPORTS, CASES = 20_000, 20_000
SCHOOL_ROLES = (
    "principal",
    "reader",
    "counselor",
    "team_lead",
    "sro",
    "reader",
    "counselor",
    "reader",
    "counselor",
    "reader",
)
DISTRICT_ROLES = ("district_on_call", "district_safety_lead", "superintendent", "auditor", "administrator")
TREES = (
    "Alder",
    "Birch",
    "Cedar",
    "Dogwood",
    "Elm",
    "Fir",
    "Ginkgo",
    "Hazel",
    "Juniper",
    "Linden",
    "Maple",
    "Oak",
    "Pine",
    "Rowan",
    "Spruce",
    "Willow",
)
LANDS = (
    "Valley",
    "Ridge",
    "Creek",
    "Harbor",
    "Hill",
    "Lake",
    "Meadow",
    "Point",
    "Prairie",
    "River",
    "Springs",
    "Woods",
)
NAMES = (
    "Ana",
    "Ben",
    "Cleo",
    "Dana",
    "Eli",
    "Fay",
    "Gus",
    "Hope",
    "Ivy",
    "Jon",
    "Kai",
    "Lena",
    "Mia",
    "Noa",
    "Omar",
    "Pia",
)


def fill() -> None:
    """Runs inside the staff program's settings, on empty tables."""
    from django.db import connection, transaction
    from django_scopes import scopes_disabled

    with scopes_disabled(), transaction.atomic():
        people = _tree_and_people()
        _calendars(people)
        _copies(people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _spread() -> Iterator[int]:
    """How many schools each district has: one has a hundred, the others share what is left."""
    left, others = SCHOOLS - LARGEST, DISTRICTS - 1
    yield LARGEST
    for number in range(others):
        yield left // others + (1 if number < left % others else 0)


def _tree_and_people() -> dict[int, list[Any]]:
    """The organizations and who works there: people by the id of their place."""
    from allauth.mfa.models import Authenticator

    from security_center.foundation.clock import now
    from security_center.foundation.organizations import actions
    from security_center.foundation.organizations.models import Organization, Person, RoleAssignment

    at = now() - timedelta(days=400)
    root = Person.objects.create_user(
        email="state@bench.example", name="Sasha State", is_first_administrator=True
    )
    state = actions.create_organization(actor=root, kind="state", name="State of Franklin")
    first = actions.create_organization(
        actor=root,
        kind="district",
        parent=state,
        name="Alder Valley School District",
        dispatch_number="555-0100",
    )
    actions.create_organization(
        actor=root, kind="school", parent=first, name="Alder Valley High School 1", level="high"
    )
    names = [f"{tree} {land}" for land, tree in itertools.product(LANDS, TREES)]
    common = {"time_zone": "America/New_York", "created_at": at, "city": "Franklin"}
    Organization.objects.bulk_create(
        Organization(
            kind="district",
            parent=state,
            name=f"{name} School District",
            slug=f"district-{number}",
            dispatch_number="555-0100",
            **common,
        )
        for number, name in enumerate(names[1:DISTRICTS], start=1)
    )
    districts = list(Organization.objects.filter(kind="district").order_by("pk"))
    levels, number = ("High", "Middle", "Elementary"), 0
    rows = []
    for district, count in zip(districts, _spread(), strict=True):
        for one in range(1 if number else 2, count + 1):
            number += 1
            name = f"{district.name.removesuffix(' School District')} {levels[one % 3]} School {one}"
            rows.append(
                Organization(
                    kind="school",
                    parent=district,
                    name=name,
                    slug=f"school-{number}",
                    level=levels[one % 3].lower(),
                    **common,
                )
            )
    Organization.objects.bulk_create(rows, 1000)
    schools = list(Organization.objects.filter(kind="school").order_by("pk"))
    jobs = [(place, role) for place in districts for role in DISTRICT_ROLES] + [(state, "auditor")]
    each = itertools.cycle(SCHOOL_ROLES)
    jobs += [
        (schools[number % len(schools)], role)
        for number, role in zip(range(STAFF - len(jobs)), _by_rounds(each, len(schools)), strict=False)
    ]
    Person.objects.bulk_create(
        (
            Person(
                email=f"{role}.{number}@bench.example",
                name=f"{NAMES[number % 16]} {TREES[number // 16 % 16]}-{LANDS[number // 256 % 12]} {number}",
                password="!" + "x" * 40,
                organization=place,
                created_at=at,
            )
            for number, (place, role) in enumerate(jobs)
        ),
        1000,
    )
    staff = list(Person.objects.exclude(pk=root.pk).order_by("pk"))
    RoleAssignment.objects.bulk_create(
        (
            RoleAssignment(person=person, organization=place, role=role, starts_at=at)
            for person, (place, role) in zip(staff, jobs, strict=True)
        ),
        1000,
    )
    Authenticator.objects.bulk_create(
        (Authenticator(user_id=person.pk, type="totp", data={}) for person in [root, *staff]), 1000
    )
    people: dict[int, list[Any]] = {}
    for person, (place, _role) in zip(staff, jobs, strict=True):
        people.setdefault(place.pk, []).append(person)
    return people


def _by_rounds(each: Iterator[str], width: int) -> Iterator[str]:
    """One role for every school before the next."""
    while True:
        yield from itertools.repeat(next(each), width)


def _calendars(people: dict[int, list[Any]]) -> None:
    """A plan for each district but the last five; a calendar for nineteen desks of twenty, one in ten of them
    in school hours only; proved alerts."""
    from security_center.foundation.clock import now
    from security_center.foundation.notifications.channels import EMAIL
    from security_center.foundation.notifications.models import Delivery, Message, TestAlert
    from security_center.foundation.organizations.models import Organization
    from security_center.prevention.actions import adopt_plan
    from security_center.prevention.models import Alternate, CoverageShift, Plan
    from security_center.prevention.tasks import publish_forms

    districts = list(Organization.objects.filter(kind="district").order_by("pk"))
    plan: Any = adopt_plan(actor=None, organization=districts[0])
    facts = {
        field.attname: getattr(plan, field.attname)
        for field in Plan._meta.concrete_fields
        if field.name not in {"id", "organization"}
    }
    Plan.objects.bulk_create(Plan(**facts, organization=place) for place in districts[1:-5])
    Alternate.objects.bulk_create(
        Alternate(organization=place, person=people[place.pk][0]) for place in districts[:-3]
    )
    shifts, readers = [], {}
    for number, place in enumerate(Organization.objects.exclude(kind="state").order_by("pk")):
        if number % 20 == 7:
            continue
        hours = ((7 * 60, 17 * 60),) if number % 10 == 3 else ((0, 18 * 60), (18 * 60, 1440))
        for position, person in enumerate(people[place.pk][:3], start=1):
            readers[person.pk] = person
            for day, (starts, ends) in itertools.product(range(5 if number % 10 == 3 else 7), hours):
                shifts.append(
                    CoverageShift(
                        organization=place,
                        person=person,
                        weekday=day,
                        starts_minute=starts,
                        ends_minute=ends,
                        position=position,
                    )
                )
    CoverageShift.objects.bulk_create(shifts, 2000)
    at = now()
    named = list(readers.values())
    Message.objects.bulk_create((_message(person, at) for person in named), 1000)
    sent = list(Message.objects.order_by("pk"))
    Delivery.objects.bulk_create(
        (Delivery(message=message, state=Delivery.State.SENT) for message in sent), 1000
    )
    carried = list(Delivery.objects.order_by("pk"))
    TestAlert.objects.bulk_create(
        (
            TestAlert(
                person=person,
                delivery=delivery,
                token_digest=uuid4().bytes * 2,
                sent_at=at,
                confirmed_at=at if number % 30 else None,
                channel=EMAIL,
            )
            for number, (person, delivery) in enumerate(zip(named, carried, strict=True))
        ),
        1000,
    )
    publish_forms()


def _message(person: Any, at: Any) -> Any:
    from security_center.foundation.notifications.models import Message

    return Message(
        person=person,
        organization=person.organization,
        kind="notifications.test_alert",
        path="/",
        created_at=at,
    )


def _copies(people: dict[int, list[Any]]) -> None:
    from security_center.foundation.clock import now
    from security_center.foundation.organizations.models import Organization, Role
    from security_center.foundation.organizations.queries import people_with_role
    from security_center.foundation.vault.receipts import Receipt
    from security_center.reporting.actions.intake import receive_report
    from security_center.reporting.content_of_report import ReportContent
    from security_center.threat_assessment.actions.case_opening import open_case

    at, schools = (
        now(),
        list(Organization.objects.filter(kind="school").select_related("parent__parent").order_by("pk")),
    )
    report = receive_report(
        actor=None, organization=schools[0], content=ReportContent("A report to copy."), receipt=Receipt.new()
    ).report
    lead = people_with_role(schools[0], Role.TEAM_LEAD)[0]
    case = open_case(
        actor=lead, school=schools[0], concern="A concern to copy.", lead=lead, known_subject=True
    )
    moments = [at - timedelta(minutes=131 * number % (5 * 365 * 24 * 60)) for number in range(CASES)]
    _copy(report, _reports(schools, at), REPORTS)
    _copy(case, _cases(schools, moments), CASES)


def _reports(schools: Sequence[Any], at: Any) -> Iterator[dict[str, Any]]:
    """One in ten is open, of these one in twenty waits longer than it may."""
    for number in itertools.count(1):
        place, is_open, late = (
            schools[number % len(schools)],
            number % 10 == number // len(schools),
            number % 200 == 0,
        )
        came = at - timedelta(hours=number % 20 + (400 if late else 0))
        yield {
            "uuid": uuid4(),
            "record": uuid4(),
            "number": f"{number:08d}",
            "district_id": place.parent_id,
            "organization_id": place.pk,
            "desk_id": place.pk,
            "state": "received" if is_open else "finished",
            "received_at": came,
            "acknowledge_by": came + timedelta(hours=24),
            "decide_by": came + timedelta(days=10),
            "acknowledged_at": None if is_open else came,
            "decided_at": None if is_open else came,
            "closed_at": None if is_open else at,
            "locator_digest": None,
            "content_digest": None,
        }


def _cases(schools: Sequence[Any], moments: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for number, opened in enumerate(moments):
        place, is_open = schools[number % len(schools)], number % 50 == 0
        yield {
            "uuid": uuid4(),
            "record": uuid4(),
            "number": f"{number:08d}",
            "district_id": place.parent_id,
            "school_id": place.pk,
            "state": "assessing" if is_open else "closed",
            "opened_at": opened,
            "state_since": opened,
            "closed_at": None if is_open else opened + timedelta(days=20),
            "close_reason": "" if is_open else "unfounded",
        }


def _copy(model: Any, changes: Iterator[dict[str, Any]], count: int) -> None:
    facts = {
        field.attname: getattr(model, field.attname)
        for field in model._meta.concrete_fields
        if not field.primary_key
    }
    made = (type(model)(**facts | change) for change in itertools.islice(changes, count))
    for batch in itertools.batched(made, 1000):
        type(model).objects.bulk_create(batch)
