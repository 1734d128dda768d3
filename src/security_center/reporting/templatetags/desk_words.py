"""Filters of the desk's pages."""

from __future__ import annotations

from datetime import datetime

from django import template

from security_center.foundation import languages
from security_center.foundation.clock import now
from security_center.foundation.wording import Clock, span

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
    return span(now() - report.received_at)


@register.filter
def clock(report: Report) -> Clock | None:
    return wording.clock_of(report)


@register.filter
def told(moment: datetime | None, report: Report) -> str:
    return wording.told(report, moment)


@register.filter
def language_in_a_sentence(code: str) -> str:
    return languages.in_a_sentence(code)


@register.filter
def beside_english(code: str) -> str:
    """The code of a language that is offered beside English; "" for English and for any other."""
    return code if code in languages.others() else ""
