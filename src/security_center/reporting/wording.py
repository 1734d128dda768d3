"""How times of reports are put into words: ages while a report is fresh, rounded moments afterwards (reporting.md 8.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext

from security_center.foundation.clock import now, rounded
from security_center.foundation.organizations.models import Organization
from security_center.prevention.content_loader import categories

from .models import Report

FRESH = timedelta(hours=24)
BECAUSE = {
    "danger_now": _lazy("in danger now"),
    "weapon": _lazy("names a weapon"),
    "words": _lazy("words that alarm"),
    "history": _lazy("raised by its history"),
    "linked": _lazy("raised by a linked report"),
}


def category_name(report: Report) -> str:
    known = categories().get(report.category)
    return str(known.staff_label) if known is not None else _("No category given")


def dispatch_of(organization: Organization) -> str:
    """The number of the police dispatch, that of the nearest organization which has one."""
    return next((place.dispatch_number for place in organization.line() if place.dispatch_number), "")


def span(length: timedelta) -> str:
    """A length of time as a person says it: its largest unit, rounded down."""
    minutes = int(abs(length).total_seconds() // 60)
    if minutes < 60:
        return _("%(count)d min") % {"count": minutes}
    if minutes < 48 * 60:
        return _("%(count)d h") % {"count": minutes // 60}
    return _("%(count)d days") % {"count": minutes // (24 * 60)}


def clock_time(moment: datetime) -> str:
    """The hour of today, with the day before it when it is another day. The view has set the desk's time zone."""
    local, today = localtime(moment), localtime(now())
    hour = date_format(local, "TIME_FORMAT")
    if local.date() == today.date():
        return hour
    form = pgettext("date format", "D, M j") if local.year == today.year else pgettext("date format", "M j, Y")
    return f"{date_format(local, form)}, {hour}"


def told(report: Report, moment: datetime | None) -> str:
    """When something happened to a report: an age while both are fresh, a rounded moment for what is older or closed."""
    if moment is None:
        return ""
    if report.closed_at is None and now() - moment < FRESH:
        gone = now() - moment
        return _("just now") if gone < timedelta(minutes=1) else pgettext("time ago", "%(span)s ago") % {"span": span(gone)}
    return _("about %(moment)s") % {"moment": clock_time(rounded(moment))}


@dataclass(frozen=True)
class Clock:
    """The clock that runs for a report: what must be done, and how long there is for it."""

    text: str
    late: bool


def clock_of(report: Report) -> Clock | None:
    """The first clock that still runs; None when a person has decided or the report is closed."""
    at = now()
    if report.closed_at is not None:
        return None
    if report.acknowledged_at is None:
        return _clock(report.acknowledge_by, at, _("%(span)s to take"))
    if report.decided_at is None:
        return _clock(report.decide_by, at, _("%(span)s to decide"))
    return None


def _clock(due: datetime, at: datetime, left: str) -> Clock:
    if due < at:
        return Clock(_("%(span)s late") % {"span": span(at - due)}, late=True)
    return Clock(left % {"span": span(due - at)}, late=False)
