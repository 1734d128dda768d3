"""The pages of figures with figures on them, and the chair's page with cases, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.browser import DESK, PHONE, Visitor, session_cookies
from tests.threat_assessment.team import Team

from security_center.equity import statistics, tables
from security_center.equity.content_loader import SCHOOL
from security_center.equity.counts import Axis, Counts
from security_center.equity.models import Figures

NUMBERS = {
    "concerns": {"rows": {}, "total": 61},
    "outcome": {
        "rows": {"unfounded": 31, "managed_to_baseline": 18, "open": None, "false_report": None},
        "total": 61,
    },
    "origin": {"rows": {"report": 40, "staff": 21, "law_enforcement": None, "transfer": None}, "total": 61},
    "level": {"rows": {"high": 33, "middle": 28}, "total": 61},
    "months_1": {"rows": {"2025-07": None, "2025-09": 14, "2025-10": 17}, "total": 34},
    "months_2": {"rows": {}, "total": None},
    **{
        key: {"count": 30, "of": 61, "value": 30 / 61, "low": 0.37, "high": 0.61}
        for key in ("judged", "started", "completed", "follow_up")
    },
    **dict.fromkeys(("self_harm", "told", "reviews")),
    **{
        key: {"value": 2.5, "low": 1.0, "high": 4.0, "ninetieth": 9.0}
        for key in ("to_screening", "to_judgement", "to_close")
    },
}


@pytest.fixture
def full(team: Team) -> Team:
    """A year of figures, cases in several states, and a file that waits."""
    counts, district, at = Counts(), team.valley.cast.district, team.valley.at
    for axis in tables.axis_keys():
        counts.axes[axis] = Axis(
            enrolment={"white": 600, "black": 150, "hispanic": 300, "asian": 60} if axis == "race" else {}
        )
    counts.axes["race"].counts["referrals"].update(white=24, black=22, hispanic=11, asian=4)
    counts.axes["race"].counts["ended"].update(white=12, black=11, hispanic=10, asian=4)
    counts.axes["race"].days["ended"].update(white=[9.0] * 12, black=[12.0] * 11)
    counts.levels = {team.valley.school.slug: "high"}
    counts.axes[SCHOOL].counts["referrals"].update({team.valley.school.slug: 61})
    made = tables.publish(counts, whole=True, at=at, before=None)
    for kind, found in (("equity", made), ("statistics", NUMBERS)):
        Figures(district=district, kind=kind, period="2025-26", tables=found, made_at=at).save()
    team.managed()
    team.screened()
    team.valley.stack.close()
    assert statistics.OPEN in NUMBERS["outcome"]["rows"]  # type: ignore[index]
    return team


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_pages_of_figures_owe_their_readers_nothing(
    full: Team, staff_site: str, signed_in: Callable[..., Client], visitor: Visitor, width: int
) -> None:
    tab = visitor(width=width, cookies=session_cookies(signed_in(full.valley.cast.ivy), staff_site))
    for name, address in (
        ("statistics", "/figures/"),
        ("equity", "/figures/equity/?by=race"),
        ("state", "/figures/state/"),
        ("audit", "/cases/audit/"),
    ):
        tab.goto(f"{staff_site}{address}")
        tab.picture(f"{name}-{width}")
        tab.owes_nothing()
