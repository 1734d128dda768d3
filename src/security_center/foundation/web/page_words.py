"""Filters that every page has without loading them (setting TEMPLATES)."""

from __future__ import annotations

from datetime import datetime

from django import template

from security_center.foundation.clock import now, rounded
from security_center.foundation.wording import clock_time, span

register = template.Library()


@register.filter
def since(moment: datetime) -> str:
    return span(now() - moment)


@register.filter
def hour(moment: datetime) -> str:
    return clock_time(moment)


@register.filter
def rounded_hour(moment: datetime) -> str:
    return clock_time(rounded(moment))


@register.filter
def capped(count: int | None) -> str:
    """Counts stop at a thousand: nobody needs the exact figure of a long list. What could not be counted is
    no zero."""
    if count is None:
        return "–"
    return f"{count:d}" if count < 1000 else "1000+"
