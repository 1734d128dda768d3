"""Whose training counts on a day, and whether a district lets somebody onto a team without it
(threat-assessment.md F1: nobody had been trained)."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import F, Max, QuerySet

from security_center.foundation.organizations.models import Organization, Person
from security_center.prevention.doctrine.assessment import training_kinds
from security_center.prevention.doctrine.kinds import TrainingKind

from .models import TrainingRecord, TrainingRule


class Standing(StrEnum):
    """How somebody stands with one kind of training. The first three count."""

    CURRENT = "current"
    IN_60_DAYS = "in_60_days"
    IN_30_DAYS = "in_30_days"
    EXPIRED = "expired"
    NEVER = "never"

    @property
    def counts(self) -> bool:
        return self not in {Standing.EXPIRED, Standing.NEVER}


def team_training() -> TrainingKind:
    """What whoever works on cases needs."""
    return next(kind for kind in training_kinds().values() if kind.team)


def expiry(kind: TrainingKind, trained_on: date) -> date:
    """The last day on which it counts: so many months later, the day before."""
    months = trained_on.month - 1 + kind.months
    year, month = trained_on.year + months // 12, months % 12 + 1
    day = min(trained_on.day, calendar.monthrange(year, month)[1])
    return date(year, month, day) - timedelta(days=1)


def standing(expires_on: date | None, today: date) -> Standing:
    if expires_on is None:
        return Standing.NEVER
    if expires_on < today:
        return Standing.EXPIRED
    days = (expires_on - today).days
    return Standing.IN_30_DAYS if days <= 30 else Standing.IN_60_DAYS if days <= 60 else Standing.CURRENT


def last_days(people: Iterable[Person], kind: TrainingKind) -> dict[int, date]:
    """Until when the training of each counts, wherever it was entered; who was never trained is absent. One
    query."""
    rows = TrainingRecord.objects.filter(
        person__in=[person.pk for person in people], kind=kind.key, withdrawn_at__isnull=True
    )
    return dict(rows.values_list("person_id").annotate(last=Max("expires_on")))


def trained_until(person: F, day: F) -> QuerySet[TrainingRecord]:
    """For a query of people: the training for the team of the one that `person` names in the outer query,
    where it counts on `day`."""
    return TrainingRecord.objects.filter(
        person=person, kind=team_training().key, withdrawn_at__isnull=True, expires_on__gte=day
    )


def standings(people: Iterable[Person], kind: TrainingKind, today: date) -> dict[int, Standing]:
    asked = list(people)
    found = last_days(asked, kind)
    return {person.pk: standing(found.get(person.pk), today) for person in asked}


def rule_of(place: Organization) -> TrainingRule | None:
    """From when the district of the place asks for it; None: it only warns."""
    return TrainingRule.objects.filter(district=place.district).first()


def refuses(person: Person, place: Organization) -> bool:
    """Whether the person may not be asked onto a team here, since their training does not count and the
    district asks for it."""
    return refused([person], place)[0]


def refused(people: Sequence[Person], place: Organization) -> list[bool]:
    """The same of each; somebody who is not stored yet was never trained."""
    today, rule = place.today(), rule_of(place)
    if rule is None or rule.required_from > today:
        return [False] * len(people)
    found = standings([person for person in people if person.pk is not None], team_training(), today)
    return [not found.get(person.pk, Standing.NEVER).counts for person in people]


def untrained(people: Iterable[Person], place: Organization) -> list[Person]:
    """Those whose training for the team does not count today, whether the district asks for it or not."""
    asked = list(people)
    found = standings(asked, team_training(), place.today())
    return [person for person in asked if not found[person.pk].counts]
