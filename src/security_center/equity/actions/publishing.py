"""Figures are published once, when their period is over, and read each month."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.duties.actions import discharge_about, raise_duty
from security_center.foundation.duties.machine import Rung
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import require
from security_center.foundation.organizations.queries import people_with_role, schools_of
from security_center.foundation.school_years import Period
from security_center.foundation.timekeeping.queries import sure_moment
from security_center.prevention.ladders import DISTRICT, SUPERINTENDENT

from ..editions import Edition, Made
from ..messages import READ
from ..models import Figures, Import, Reading
from ..queries.joining import counts_of, import_in_use
from ..queries.pages import published

DAYS_TO_READ = 7
# What is published stays for good: so long a file has to have been in use before, so that a wrong one is seen
# and undone first.
DAYS_TO_LOOK_OVER = 7


@transaction.atomic
def publish(*, district: Organization, period: Period) -> list[Figures]:
    """Make the figures of a period that is over, each kind once and for good, all kinds together that are
    due. None is due when it was made before or the period runs, nor are the equity figures when the imports
    are missing or not looked over yet.

    Called by the worker. What is kept back is kept back here: a row holds nothing else.
    """
    # What is published stays for good: no clock that jumped publishes it
    at, zone = (sure_moment(), district.zone)
    take_turn()
    if at is None or not period.is_over(at, zone):
        return []
    kinds = [kind for kind in Figures.Kind.values if published(district, kind, period) is None]
    if Figures.Kind.EQUITY in kinds and not _imports_stand(district, period, at):
        kinds.remove(Figures.Kind.EQUITY)
    if not kinds:
        return []
    earlier = {(row.kind, row.period): row.tables for row in Figures.objects.filter(district=district)}
    made = Edition(counts_of(district, period), period, zone, at, earlier).make(*kinds)
    return [_kept(district, period, kind, one, at) for kind, one in made.items()]


def _kept(district: Organization, period: Period, kind: str, made: Made, at: datetime) -> Figures:
    row = Figures(
        district=district,
        kind=kind,
        period=period.key,
        tables=made.tables,
        told_before=made.told_before,
        made_at=at,
    )
    row.save(force_insert=True)
    record(
        actor=None,
        verb=f"figures.{kind}",
        about=f"figures:{row.pk}",
        organization_id=district.pk,
        detail={"period": period.key},
    )
    return row


def _imports_stand(district: Organization, period: Period, at: datetime) -> bool:
    """Without protected fields there is nothing to compare, without enrolment nothing to compare with; and
    what is published stays."""
    used = [
        import_in_use(district, kind, key)
        for kind, key in ((Import.Kind.PROTECTED, ""), (Import.Kind.ENROLMENT, Period(period.year).key))
    ]
    until = at - timedelta(days=DAYS_TO_LOOK_OVER)
    return all(one is not None and one.used_at is not None and one.used_at <= until for one in used)


@transaction.atomic
def ask_to_read(*, district: Organization) -> Reading | None:
    """Each month the district's safety lead owes a look at the equity figures; the leads of its teams are
    told that they are there."""
    at = now()
    month = at.astimezone(district.zone).strftime("%Y-%m")
    take_turn()
    if not Figures.objects.filter(district=district, kind=Figures.Kind.EQUITY).exists():
        return None
    reading, made = Reading.objects.get_or_create(district=district, month=month, defaults={"asked_at": at})
    if not made:
        return None
    leads = people_with_role(district, Role.DISTRICT_SAFETY_LEAD)
    due = at + timedelta(days=DAYS_TO_READ)
    raise_duty(
        kind=READ,
        thing=reading.thing,
        organization=district,
        ladder=_ladder(at, due),
        actor=None,
        holder=leads[0] if leads else None,
        path="/figures/equity/",
        due_at=due,
        repeat_minutes=24 * 60,
    )
    for school in schools_of(district):
        for person in people_with_role(school, Role.TEAM_LEAD):
            notify(person=person, kind=READ, organization=district, path="/figures/equity/")
    return reading


def _ladder(at: datetime, due: datetime) -> list[Rung]:
    return [
        Rung(at=at, audience="holder"),
        Rung(at=due, audience=DISTRICT),
        Rung(at=due + timedelta(days=7), audience=SUPERINTENDENT),
    ]


@transaction.atomic
def have_read(*, actor: Person, district: Organization) -> None:
    """The month's figures were read. Twice is once. Raises NotAllowed."""
    require(actor, Permission.CASE_LIST, district)
    take_turn()
    for reading in Reading.objects.select_for_update(no_key=True).filter(
        district=district, read_at__isnull=True
    ):
        reading.read_at, reading.read_by = now(), actor
        reading.save(update_fields=["read_at", "read_by"])
        record(
            actor=actor,
            verb="figures.read",
            about=reading,
            organization_id=district.pk,
            detail={"month": reading.month},
        )
        discharge_about(thing=reading.thing, kind=READ, actor=actor, outcome="read")
