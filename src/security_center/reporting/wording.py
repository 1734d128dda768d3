"""How times of reports are put into words: ages while a report is fresh, rounded moments afterwards
(reporting.md 8.6)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext

from security_center.foundation.clock import now, rounded
from security_center.foundation.wording import Clock, clock_time, span
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


def told(report: Report, moment: datetime | None) -> str:
    """When something happened to a report: an age while both are fresh, a rounded moment for what is older or
    closed."""
    if moment is None:
        return ""
    if report.closed_at is None and now() - moment < FRESH:
        gone = now() - moment
        return (
            _("just now")
            if gone < timedelta(minutes=1)
            else pgettext("time ago", "%(span)s ago") % {"span": span(gone)}
        )
    return _("about %(moment)s") % {"moment": clock_time(rounded(moment))}


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
        return Clock.late_by(at - due)
    return Clock(left % {"span": span(due - at)}, late=False)
