"""What a plan itself still lacks. The same rows stand on the page that adopts it and among what an
organization lacks (readiness)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission

from . import pages, queries, readiness
from .doctrine import assessment
from .models import Plan

YEAR = timedelta(days=366)  # our design: a plan that nobody has looked at for a year is looked at again


@dataclass(frozen=True)
class Gap:
    key: str
    step: str
    sentence: Any
    what_to_do: Any
    lacking: Callable[[Plan], bool]


def _unnamed(plan: Plan) -> list[str]:
    """Required expertise that nobody on the team is named for."""
    named = {row["expertise"] for row in plan.team if row.get("person")}
    return [
        one.expertise
        for one in assessment.team_rule_sets()[plan.rule_set].required
        if one.when == "always" and one.expertise not in named
    ]


def _without_alternate(plan: Plan) -> bool:
    return any(row.get("person") and not row.get("alternate") for row in plan.team)


GAPS: tuple[Gap, ...] = (
    Gap(
        "no_leader",
        "team",
        _("The plan names no leader of the team."),
        _("Name the leader"),
        lambda plan: not plan.names.get("leader"),
    ),
    Gap(
        "no_alternate",
        "team",
        _("The plan names nobody who steps in for the leader."),
        _("Name who steps in"),
        lambda plan: not plan.names.get("alternate"),
    ),
    Gap(
        "no_team",
        "team",
        _("The team is not complete: a required discipline has nobody."),
        _("Name the team"),
        lambda plan: bool(_unnamed(plan)),
    ),
    Gap(
        "no_team_alternates",
        "team",
        _("Somebody on the team has nobody who steps in."),
        _("Name who steps in"),
        _without_alternate,
    ),
    Gap(
        "no_police_contact",
        "team",
        _("The plan names no contact at law enforcement."),
        _("Name the contact"),
        lambda plan: not plan.names.get("police_contact"),
    ),
)


def gaps_of(plan: Plan) -> list[Gap]:
    return [gap for gap in GAPS if gap.lacking(plan)]


def _plan_in_force(places: QuerySet[Organization]) -> dict[int, int | None]:
    """By place, the id of the plan it works by: its own, else that of the nearest one above it."""

    def ask() -> dict[int, int | None]:
        own, above, top = (
            Subquery(
                Plan.objects.filter(organization=OuterRef(path), state=Plan.State.ADOPTED).values("pk")[:1]
            )
            for path in ("pk", "parent", "parent__parent")
        )
        return dict(
            places.order_by().annotate(in_force=Coalesce(own, above, top)).values_list("pk", "in_force")
        )

    return readiness.once("plan in force", ask)


def with_plan(places: QuerySet[Organization]) -> set[int]:
    """Ids of those that work by a plan."""
    return {pk for pk, plan in _plan_in_force(places).items() if plan is not None}


def _plans(places: QuerySet[Organization]) -> list[Plan]:
    """Each once, however many desks work by it."""
    wanted = {plan for plan in _plan_in_force(places).values() if plan is not None}
    return readiness.once(
        "plans",
        lambda: list(Plan.objects.filter(pk__in=wanted).only("team", "names", "rule_set", "adopted_at")),
    )


def _published(places: QuerySet[Organization]) -> pages.Published:
    """What is published, which is at most a minute old: asking the calendars of a whole district would be
    slow."""
    return readiness.once("published", lambda: pages.published(places))


def _working_by(places: QuerySet[Organization], plans: set[int]) -> set[int]:
    return {pk for pk, plan in _plan_in_force(places).items() if plan in plans}


def _by_plan(lacking: Callable[[Plan], bool]) -> readiness.Test:
    """Where no plan is adopted only that is said: what it would lack is not known yet."""
    return lambda places: _working_by(places, {plan.pk for plan in _plans(places) if lacking(plan)})


def _no_plan(places: QuerySet[Organization]) -> set[int]:
    return {pk for pk, plan in _plan_in_force(places).items() if plan is None}


def _old(plan: Plan) -> bool:
    return plan.adopted_at is not None and plan.adopted_at < now() - YEAR


def _left(places: QuerySet[Organization]) -> set[int]:
    """Somebody of the team has left."""
    named = {
        plan.pk: {row.get(who) for row in plan.team for who in ("person", "alternate")} - {None}
        for plan in _plans(places)
    }
    gone = (
        set(
            Person.objects.filter(pk__in=set().union(*named.values()), is_active=False).values_list(
                "pk", flat=True
            )
        )
        if named
        else set()
    )
    return _working_by(places, {plan for plan, people in named.items() if people & gone})


def _closed_because(code: str) -> readiness.Test:
    return lambda places: {pk for pk, because in _published(places).closed_because.items() if because == code}


def _gap_in_calendar(places: QuerySet[Organization]) -> set[int]:
    return _published(places).gap


def _district_without_alternate(places: QuerySet[Organization]) -> set[int]:
    return set(queries.without_alternate(places).values_list("pk", flat=True))


def register_all() -> None:
    """This room's own items, called once when the programs start."""
    in_plan = partial(readiness.register, link="prevention:build", needs=Permission.PLAN_EDIT)
    in_plan("no_plan", _("No plan is adopted."), _("Adopt a plan"), _no_plan, order=10)
    for place, gap in enumerate(GAPS):
        in_plan(gap.key, gap.sentence, gap.what_to_do, _by_plan(gap.lacking), order=11 + place)
    in_plan(
        "team_left",
        _("Somebody named in the plan’s team has left."),
        _("Name another person"),
        _left,
        order=20,
    )
    in_plan(
        "plan_old",
        _("The plan was adopted more than a year ago."),
        _("Read it through and adopt it again"),
        _by_plan(_old),
        order=21,
    )
    in_calendar = partial(readiness.register, link="prevention:coverage", needs=Permission.PLAN_VIEW)
    in_calendar(
        "no_reader",
        _("The coverage calendar names no reader."),
        _("Name who reads"),
        _closed_because("no_reader"),
        order=30,
    )
    in_calendar(
        "coverage_gap",
        _("In the next 7 days there are hours in which nobody reads."),
        _("Close the gap in the calendar"),
        _gap_in_calendar,
        order=31,
    )
    in_calendar(
        "unproved_reader",
        _("A reader has not confirmed a test alert in the last 120 days."),
        _("See who reads, and send a test alert"),
        _closed_because("unproved_reader"),
        order=32,
    )
    in_calendar(
        "no_district_alternate",
        _("Nobody is named to take reports about the district itself."),
        _("Name somebody"),
        _district_without_alternate,
        order=33,
    )
