"""How times are put into words, in every room alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.formats import date_format, time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from security_center.foundation.clock import now

if TYPE_CHECKING:
    from security_center.foundation.organizations.models import Organization

WEEK = timedelta(days=6)


def span(length: timedelta) -> str:
    """A length of time as a person says it: its largest unit, rounded down."""
    minutes = int(abs(length).total_seconds() // 60)
    if minutes < 60:
        return _("%(count)d min") % {"count": minutes}
    if minutes < 48 * 60:
        return _("%(count)d h") % {"count": minutes // 60}
    return _("%(count)d days") % {"count": minutes // (24 * 60)}


def clock_time(moment: datetime) -> str:
    """The hour of today, with the day before it when it is another day. The view has set the desk's time
    zone."""
    local, today = localtime(moment), localtime(now())
    hour = date_format(local, "TIME_FORMAT")
    if local.date() == today.date():
        return hour
    form = (
        pgettext("date format", "D, M j") if local.year == today.year else pgettext("date format", "M j, Y")
    )
    return f"{date_format(local, form)}, {hour}"


def moment_in_words(moment: datetime, organization: Organization) -> str:
    """ "today, 3:30 p.m.", "Monday, 7:30 a.m.", or with the date where the day could be two."""
    zone = organization.zone
    local, today = moment.astimezone(zone), now().astimezone(zone).date()
    time = time_format(local.time(), "TIME_FORMAT")
    days = (local.date() - today).days
    if days == 0:
        day = _("today")
    elif days == 1:
        day = _("tomorrow")
    elif days == -1:
        day = _("yesterday")
    elif timedelta(0) < local.date() - today < WEEK:
        day = date_format(local.date(), "l")
    else:
        day = date_format(local.date(), "MONTH_DAY_FORMAT")
    return _("%(day)s, %(time)s") % {"day": day, "time": time}


@dataclass(frozen=True)
class Clock:
    """A clock that runs: what must be done, and how long there is for it."""

    text: str
    late: bool

    @classmethod
    def late_by(cls, length: timedelta) -> Clock:
        return cls(_("%(span)s late") % {"span": span(length)}, late=True)
