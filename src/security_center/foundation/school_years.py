"""Fixed stretches of time that figures are given for: school years and their halves. No other stretch can be
asked for, since two that overlap by a few days would tell by their difference what each alone keeps back
(docs/decisions/0019)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

# Our choice, as most states count: the school year begins on 1 July, its second half on 1 January.
FIRST_MONTH = 7


@dataclass(frozen=True)
class Period:
    """A school year, or with `half` 1 or 2 a half of it, at the wall clock of a district."""

    year: int  # in which the school year begins
    half: int = 0

    @property
    def key(self) -> str:
        return f"{self.year}-{(self.year + 1) % 100:02d}" + (f"-{self.half}" if self.half else "")

    @property
    def label(self) -> str:
        years = f"{self.year}–{(self.year + 1) % 100:02d}"
        if self.half == 1:
            return _("July to December %(year)s") % {"year": self.year}
        if self.half == 2:
            return _("January to June %(year)s") % {"year": self.year + 1}
        return _("School year %(years)s") % {"years": years}

    @property
    def first_day(self) -> date:
        return date(self.year + 1, 1, 1) if self.half == 2 else date(self.year, FIRST_MONTH, 1)

    @property
    def day_after(self) -> date:
        return date(self.year + 1, 1, 1) if self.half == 1 else date(self.year + 1, FIRST_MONTH, 1)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From the first moment (included) to the first moment after."""
        return datetime.combine(self.first_day, time.min, zone), datetime.combine(
            self.day_after, time.min, zone
        )

    def is_over(self, at: datetime, zone: ZoneInfo) -> bool:
        return self.bounds(zone)[1] <= at

    @property
    def halves(self) -> tuple[Period, Period]:
        return Period(self.year, 1), Period(self.year, 2)


def period_of(key: str) -> Period:
    """The period with this key. Raises ValueError."""
    year, _next, half = (*key.split("-"), "0")[:3]
    found = Period(int(year), int(half))
    if found.key != key or found.half not in {0, 1, 2}:
        raise ValueError(key)
    return found


def school_year_of(at: datetime, zone: ZoneInfo) -> Period:
    local = at.astimezone(zone)
    return Period(local.year if local.month >= FIRST_MONTH else local.year - 1)


def last_school_years(at: datetime, zone: ZoneInfo, count: int = 3) -> list[Period]:
    """The running school year and those before it, newest first."""
    year = school_year_of(at, zone).year
    return [Period(year - back) for back in range(count)]
