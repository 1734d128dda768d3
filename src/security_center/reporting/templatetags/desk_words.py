"""Filters of the desk's pages."""

from __future__ import annotations

from datetime import datetime

from django import template

from security_center.foundation.clock import now, rounded
from security_center.foundation.organizations.models import Organization

from .. import wording
from ..models import Report

register = template.Library()


@register.filter
def category_name(report: Report) -> str:
    return wording.category_name(report)


@register.filter
def because(report: Report) -> str:
    """What made a report urgent, where its category alone does not tell."""
    return str(wording.BECAUSE.get(report.urgency_because, ""))


@register.filter
def age(report: Report) -> str:
    return wording.span(now() - report.received_at)


@register.filter
def clock(report: Report) -> wording.Clock | None:
    return wording.clock_of(report)


@register.filter
def told(moment: datetime | None, report: Report) -> str:
    return wording.told(report, moment)


@register.filter
def since(moment: datetime) -> str:
    return wording.span(now() - moment)


@register.filter
def hour(moment: datetime) -> str:
    return wording.clock_time(moment)


@register.filter
def rounded_hour(moment: datetime) -> str:
    return wording.clock_time(rounded(moment))


@register.filter
def dispatch(organization: Organization) -> str:
    return wording.dispatch_of(organization)


@register.filter
def capped(count: int | None) -> str:
    """Counts stop at a thousand: nobody needs the exact figure of a long list. What could not be counted is no zero."""
    if count is None:
        return "–"
    return f"{count:d}" if count < 1000 else "1000+"
