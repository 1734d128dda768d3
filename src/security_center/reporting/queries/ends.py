"""When what was written of a closed report is destroyed: marked a week before, so that its desk may still
keep it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from security_center.foundation.organizations.models import Organization
from security_center.foundation.timekeeping.queries import MARKED_BEFORE
from security_center.foundation.vault.queries import records_on_hold
from security_center.prevention.queries import adopted_plan

from ..content_loader import validities
from ..models import Disposition, Report


def kept_until(report: Report) -> datetime | None:
    """The plan's day of a closed report: earlier for an unfounded one."""
    if report.closed_at is None:
        return None
    last = report.dispositions.filter(interim=False).order_by("-at", "-pk").first()
    unfounded = last is not None and last.validity in _unfounded()
    return report.closed_at + _kept_for(report.desk, unfounded=unfounded)


def destroyed_on(report: Report) -> datetime | None:
    """What its page says: the plan's day, or a week after it was marked where that is later."""
    until = kept_until(report)
    return (
        max(until, report.end_told_at + MARKED_BEFORE)
        if until is not None and report.end_told_at is not None
        else until
    )


def near_their_end(desk: Organization, at: datetime) -> QuerySet[Report]:
    """Reports of the desk that are not marked yet, and whose day is a week away at `at` or nearer, the oldest
    first."""
    last = Disposition.objects.filter(report=OuterRef("pk"), interim=False).order_by("-at", "-pk")
    validity = Coalesce(Subquery(last.values("validity")[:1]), Value(""))
    closed = _kept().filter(desk=desk, end_told_at__isnull=True).annotate(validity=validity)
    unfounded, ends = Q(validity__in=_unfounded()), at + MARKED_BEFORE
    over = (unfounded & Q(closed_at__lte=ends - _kept_for(desk, unfounded=True))) | (
        ~unfounded & Q(closed_at__lte=ends - _kept_for(desk, unfounded=False))
    )
    return closed.filter(over).order_by("closed_at", "pk")


def marked_a_week_ago(at: datetime) -> QuerySet[Report]:
    """Reports of the districts in scope that were marked a week before `at`, the first first."""
    return (
        _kept()
        .filter(end_told_at__lte=at - MARKED_BEFORE)
        .select_related("desk__parent", "district")
        .order_by("end_told_at", "pk")
    )


def desks_with_closed() -> QuerySet[Organization]:
    return Organization.objects.filter(pk__in=_kept().values("desk")).select_related("parent__parent")


def _kept() -> QuerySet[Report]:
    """Closed, readable, and on no hold: those that something keeps stand before no others."""
    return Report.objects.filter(closed_at__isnull=False, shredded_at__isnull=True).exclude(
        record__in=records_on_hold()
    )


def _unfounded() -> set[str]:
    return {key for key, validity in validities().items() if validity.retention == "unfounded"}


def _kept_for(desk: Organization, *, unfounded: bool) -> timedelta:
    plan = adopted_plan(desk)
    return timedelta(
        days=(plan.retention_days_unfounded if unfounded else plan.retention_days) if plan else 365
    )
