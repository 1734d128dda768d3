"""Finding what an address names: one report, the people who may hold it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Q
from django_scopes import scopes_disabled

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission, roles_with
from security_center.foundation.organizations.places import Place
from security_center.foundation.organizations.queries import people_of, people_with_any_role, sought

from .. import policies
from ..kept_out import shut_to_its_reader
from ..models import Report

_WITH = (
    "organization__parent__parent",
    "desk__parent__parent",
    "district__parent",
    "holder",
    "acknowledged_by",
    "closed_by",
    "group",
    "handoff_to",
)

MOST_DESKS = 40


class ReportUnknown(Exception):
    """For this person there is no such report: another tenant's, one they may not know of, or none at all."""


def report_by_number(number: str) -> Report | None:
    """Whoever asks has to ask the policy then."""
    return Report.objects.filter(number=number.upper()).select_related(*_WITH).first()


def known_report(person: Person, number: str) -> Report:
    """The report, when the person may know that it exists. Whether they may open it is another question:
    `policies.can`."""
    report = report_by_number(number)
    if report is None or not policies.may_know(person, report):
        raise ReportUnknown
    return report


def numbers_of_destroyed() -> Iterator[str]:
    """Numbers of the destroyed reports of all tenants, oldest first: what an older backup would bring back.
    Numbers only."""
    with scopes_disabled():
        yield from (
            Report.objects.filter(shredded_at__isnull=False)
            .order_by("pk")
            .values_list("number", flat=True)
            .iterator()
        )


def who_may_hold(report: Report) -> list[Person]:
    """Everybody who may work on the report, those of its own desk first, each with what they may not see left
    out."""
    roles = roles_with(Permission.REPORT_WRITE)
    people = people_with_any_role(report.desk, roles, include_above=True)
    return policies.those_who_can(people, Permission.REPORT_WRITE, report)


def desks_to_hand_to(report: Report, words: str = "") -> list[Organization]:
    """Desks by name, this district's first; without words those of this district. Names of desks are public:
    their forms are."""
    found = (
        Organization.objects.filter(active=True)
        .exclude(kind=Organization.Kind.STATE)
        .exclude(pk=report.desk_id)
        .select_related("parent")
    )
    near = Q(pk=report.district_id) | Q(parent=report.district_id)
    if not words.strip():
        return list(found.filter(near).order_by("kind", "name")[:MOST_DESKS])
    for word in map(sought, words.split()[:6]):
        found = found.filter(
            Q(name__icontains=word)
            | Q(city__icontains=word)
            | Q(parent__name__icontains=word, kind=Organization.Kind.SCHOOL)
        )
    desks = list(found.order_by("name")[: MOST_DESKS * 2])
    return sorted(desks, key=lambda desk: report.district_id not in {desk.pk, desk.parent_id})[:MOST_DESKS]


def staff_near(report: Report, words: str = "") -> list[Person]:
    """Whom a report may be about: people of the school it is about and of its district, by name."""
    people = people_of(report.district)
    if words.strip():
        return list(
            people.filter(Q(name__icontains=sought(words)) | Q(job_title__icontains=sought(words)))[
                :MOST_DESKS
            ]
        )
    return list(people_of(report.organization)[:MOST_DESKS])


def districts_that_need_another_alternate(districts: Iterable[Place]) -> list[Place]:
    """Those districts with an open report about the district that its one reader can read no longer: nobody
    reads it until another one is named."""
    places = {place.pk: place for place in districts}
    if not places:
        return []
    with scopes_disabled():  # asked for an administrator, about districts only; no report comes back
        reserved = Report.objects.filter(
            closed_at__isnull=True, reserved_for__isnull=False, district__in=places
        )
        found = {
            report.district_id
            for report in reserved.select_related("reserved_for", "desk__parent__parent")
            if shut_to_its_reader(report)
        }
    return [place for pk, place in places.items() if pk in found]
