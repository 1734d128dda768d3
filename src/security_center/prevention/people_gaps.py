"""What a place lacks of steps 7 and 8 of its plan: trained teams, and a check that each student has an adult. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.queries import people_with_any_role_at
from security_center.foundation.students.queries import counts_by_grade

from . import readiness
from .actions.connecting import half_of
from .models import Check
from .trained import standing, team_last_days
from .training_pages import TEAM_ROLES


def untrained_team(places: Sequence[Organization]) -> set[int]:
    """Ids of the places where somebody works on cases whose training for the team does not count today."""
    people = people_with_any_role_at(places, TEAM_ROLES)
    last = team_last_days(person for those in people.values() for person in those)
    return {place.pk for place in places if any(not standing(last.get(person.pk), place.today()).counts for person in people[place.pk])}


def no_connectedness_check(places: Sequence[Organization]) -> set[int]:
    """Ids of the schools with students in the register that have ended no check in this half-year."""
    schools = {place.pk: place for place in places if place.kind == Organization.Kind.SCHOOL}
    counts = counts_by_grade(schools.values())
    ended = set(Check.objects.filter(school__in=schools, ended_at__isnull=False).values_list("school_id", "half"))
    return {pk for pk, school in schools.items() if counts[pk] and (pk, half_of(school.today())) not in ended}


def register_all() -> None:
    sentence = _("Somebody who works on cases has no training that counts today.")
    readiness.register(
        "untrained_team",
        sentence,
        _("Enter the training"),
        untrained_team,
        link="prevention:training_place",
        needs=Permission.TRAINING_VIEW,
        order=60,
    )
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
