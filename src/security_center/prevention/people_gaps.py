"""What a school lacks of step 7 of its plan: a check that each student has an adult. A fixed number of
queries."""

from __future__ import annotations

from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.students.queries import has_students

from . import readiness
from .actions.connecting import half_of
from .models import Check


def no_connectedness_check(places: QuerySet[Organization]) -> set[int]:
    """Ids of the schools with students in the register that have ended no check in this half-year."""
    half = readiness.by_zone(lambda day, _zone: half_of(day), CharField())
    ended = Check.objects.filter(school=OuterRef("pk"), ended_at__isnull=False, half=OuterRef("half_year"))
    schools = places.filter(kind=Organization.Kind.SCHOOL).order_by().annotate(half_year=half)
    return set(
        schools.filter(has_students(OuterRef("pk"), OuterRef("parent")), ~Exists(ended)).values_list(
            "pk", flat=True
        )
    )


def register_all() -> None:
    sentence = _("No check of this half-year says that each student has an adult.")
    what_to_do = _("Begin or end the check")
    readiness.register(
        "no_connectedness",
        sentence,
        what_to_do,
        no_connectedness_check,
        link="prevention:connectedness_at",
        needs=Permission.CONNECTEDNESS_MARK,
        order=80,
    )
