"""Figures against a count by hand, and what is kept back of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.equity.district import Pupil, enrolment_csv, protected_csv, screened_out, used
from tests.threat_assessment.team import Team

from security_center.equity import intervals, statistics, tables
from security_center.equity.actions import importing, publishing
from security_center.equity.content_loader import SCHOOL, UNKNOWN, axes
from security_center.equity.counts import Axis, Counts
from security_center.equity.models import Figures, Import
from security_center.equity.queries.joining import counts_of
from security_center.equity.tasks import publish_what_is_over
from security_center.foundation.school_years import Period
from security_center.foundation.students.actions import enter_student
from security_center.threat_assessment.models import Case

YEAR = Period(2025)
FALL = datetime(2025, 10, 6, 14, 0, tzinfo=UTC)  # a Monday, at school
SPRING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@dataclass
class Made:
    team: Team
    pupils: list[Pupil] = field(default_factory=list)

    @property
    def district(self) -> Any:
        return self.team.valley.cast.district

    def cases(self, at: datetime, **by_race: int) -> None:
        """So many unfounded cases of students of each race, one an hour; "unknown" ones have no student."""
        for race, count in by_race.items():
            for _one in range(count):
                at += timedelta(minutes=20)
                case = screened_out(self.team, at)
                if race == UNKNOWN:
                    continue
                pupil = Pupil(f"S{len(self.pupils)}", race)
                self.pupils.append(pupil)
                school = self.team.valley.school
                student = enter_student(
                    actor=None,
                    school=school,
                    identifier=pupil.identifier,
                    name=f"Marker-Name {pupil.identifier}",
                    grade="10",
                )
                Case.objects.filter(pk=case.pk).update(student=student)

    def publish(self, at: datetime) -> Figures:
        self.team.valley.set_clock(at)
        publish_what_is_over()
        return Figures.objects.get(district=self.district, kind="equity", period="2025-26")


@pytest.fixture
def made(team: Team) -> Made:
    return Made(team)


@pytest.mark.long
def test_shown_cells_are_a_hand_count_and_small_ones_are_kept_back_with_another(made: Made) -> None:
    made.cases(FALL, white=8, black=6, hispanic=5, asian=1)
    made.cases(SPRING, white=6, black=6, hispanic=6, asian=1, unknown=1)
    used(made.team, Import.Kind.PROTECTED, protected_csv(made.pupils))
    used(
        made.team,
        Import.Kind.ENROLMENT,
        enrolment_csv(made.team.valley.school, "2025-26", white=600, black=150, hispanic=300, asian=60),
    )
    figures = made.publish(datetime(2026, 7, 1, 12, tzinfo=UTC))
    race = figures.tables["referrals/race"]
    assert {group: cell and (cell["count"], cell["of"]) for group, cell in race["rows"].items()} == {
        "american_indian": None,
        "asian": None,
        "black": (12, 150),
        "hispanic": None,  # beside two Asian and one unknown case, so that both cannot be worked out
        "pacific_islander": None,
        "two_or_more": None,
        "unknown": None,
        "white": (14, 600),
    }
    assert (race["total"]["count"], race["total"]["of"]) == (40, 1110)
    assert race["rows"]["black"]["value"] == pytest.approx((12 / 150) / (28 / 960))
    assert figures.tables["referrals/gender"]["total"]["count"] == 40
    assert figures.tables["assessments/race"]["total"] is None, (
        "nobody was judged: all but all is as telling as none"
    )
    ended = figures.tables["ended/race"]
    assert ended["total"] is None, "all were closed, so the rest is nobody"
    assert "Marker" not in str(figures.tables)


@pytest.mark.long
def test_a_figure_stays_as_it_was_published(made: Made) -> None:
    made.cases(FALL, white=14, black=12)
    used(made.team, Import.Kind.PROTECTED, protected_csv(made.pupils))
    used(
        made.team,
        Import.Kind.ENROLMENT,
        enrolment_csv(made.team.valley.school, "2025-26", white=600, black=150),
    )
    first = made.publish(datetime(2026, 7, 1, 12, tzinfo=UTC)).tables
    Case.objects.filter(pk=Case.objects.order_by("pk")[:1]).update(practice=True)
    assert made.publish(datetime(2026, 8, 1, 12, tzinfo=UTC)).tables == first


@pytest.mark.long
def test_whoever_imports_cannot_learn_from_a_second_edition_which_student_has_a_case(made: Made) -> None:
    """A group changed for one student, and the figures made anew: the difference of the two would be that
    student's case."""
    made.cases(FALL, white=15, black=14)
    used(
        made.team,
        Import.Kind.ENROLMENT,
        enrolment_csv(made.team.valley.school, "2025-26", white=600, black=150),
    )
    source = used(made.team, Import.Kind.PROTECTED, protected_csv(made.pupils))
    first = made.publish(datetime(2026, 7, 1, 12, tzinfo=UTC))
    importing.undo(actor=made.team.valley.cast.ada, source=source)
    target = made.pupils[0]
    others = [replace(target, race="black"), *made.pupils[1:]]
    used(made.team, Import.Kind.PROTECTED, protected_csv(others))
    second = made.publish(datetime(2026, 7, 20, 12, tzinfo=UTC))
    assert (second.pk, second.tables) == (first.pk, first.tables)
    assert second.basis_undone_at is not None, "the page says that a file behind it was undone"
    assert Figures.objects.filter(kind="equity", period="2025-26").count() == 1, (
        "no edition beside it that anybody could read"
    )


@pytest.mark.long
def test_figures_are_not_made_before_their_files_were_looked_over(made: Made) -> None:
    made.cases(FALL, white=15, black=14)
    made.team.valley.set_clock(datetime(2026, 7, 2, 12, tzinfo=UTC))
    used(
        made.team,
        Import.Kind.ENROLMENT,
        enrolment_csv(made.team.valley.school, "2025-26", white=600, black=150),
    )
    source = used(made.team, Import.Kind.PROTECTED, protected_csv(made.pupils))
    made.team.valley.set_clock(datetime(2026, 7, 9, 11, tzinfo=UTC))
    publish_what_is_over()
    assert not Figures.objects.filter(kind="equity").exists()
    importing.undo(actor=made.team.valley.cast.ada, source=source)
    made.team.valley.set_clock(datetime(2026, 7, 12, 12, tzinfo=UTC))
    used(made.team, Import.Kind.PROTECTED, protected_csv(made.pupils))
    publish_what_is_over()
    assert not Figures.objects.filter(kind="equity").exists(), (
        "the week begins anew with the file that replaced it"
    )
    assert made.publish(datetime(2026, 7, 19, 13, tzinfo=UTC)).basis_undone_at is None


def test_the_running_year_shows_nothing(made: Made) -> None:
    made.cases(FALL, white=3)
    made.team.valley.set_clock(datetime(2025, 12, 31, 12, tzinfo=UTC))
    assert publishing.publish(district=made.district, period=YEAR) == []
    assert publishing.publish(district=made.district, period=YEAR.halves[0]) == []


def test_a_case_without_a_known_student_counts_as_not_known(made: Made) -> None:
    made.cases(FALL, unknown=2, white=1)
    used(made.team, Import.Kind.PROTECTED, protected_csv(made.pupils))
    counts = counts_of(made.district, YEAR)
    assert counts.axes["race"].counts["referrals"] == Counter(unknown=2, white=1)
    assert counts.axes["grade"].counts["referrals"] == Counter(unknown=2, g9_12=1)
    assert counts.axes[SCHOOL].counts["referrals"] == Counter({made.team.valley.school.slug: 3})


@pytest.mark.long
def test_statistics_agree_with_a_hand_count(made: Made) -> None:
    made.cases(FALL, white=12)
    made.cases(FALL + timedelta(days=60), white=11)
    made.team.valley.set_clock(datetime(2026, 7, 1, 12, tzinfo=UTC))
    publish_what_is_over()
    year = Figures.objects.get(district=made.district, kind="statistics", period="2025-26").tables
    assert year["concerns"]["total"] is None, "less the published half it would say how few came in spring"
    assert year["outcome"]["total"] is None
    half = Figures.objects.get(district=made.district, kind="statistics", period="2025-26-1").tables
    assert half["concerns"]["total"] == half["outcome"]["total"] == 23
    assert half["months_1"]["total"] == 23
    assert half["months_1"]["rows"]["2025-10"] == 12
    assert half["months_1"]["rows"]["2025-12"] is None, "beside the four months of nothing"
    assert year["months_1"] == half["months_1"]
    assert half["to_close"]["value"] == 1.0
    assert half["told"] is None


counts_by_group = st.lists(st.integers(0, 30), min_size=5, max_size=5)


def _counts(first: list[int], judged: list[int], raised: list[int]) -> Counts:
    groups = [*list(axes()["race"].groups)[:4], UNKNOWN]
    axis = Axis(enrolment=dict.fromkeys(groups[:4], 400))
    for group, all_of, some, few in zip(groups, first, judged, raised, strict=True):
        axis.counts["referrals"][group] = all_of
        axis.counts["assessments"][group] = min(some, all_of)
        axis.counts["raised"][group] = min(few, some, all_of)
    found = Counts()
    found.axes["race"] = axis
    return found


@given(counts_by_group, counts_by_group, counts_by_group)
def test_whatever_is_published_is_large_and_its_rest_is_large(
    first: list[int], judged: list[int], raised: list[int]
) -> None:
    """Over random districts: no shown number, no rest of it and no difference of two published tables is
    between one and nine."""
    published = tables.publish(_counts(first, judged, raised), whole=True, at=FALL, before=None)
    for node in tables.NODES.values():
        table = published[f"{node.key}/race"]
        if table["total"] is None:
            assert not any(table["rows"].values())
            continue
        hidden = [group for group, cell in table["rows"].items() if cell is None]
        shown = [cell for cell in table["rows"].values() if cell is not None]
        assert len(hidden) != 1
        assert all(cell["count"] >= 10 for cell in shown)
        assert all(cell["of"] - cell["count"] >= 10 for cell in shown if cell["of"] is not None)
        if hidden:
            assert table["total"]["count"] - sum(cell["count"] for cell in shown) >= 10


def test_intervals_are_those_of_the_sources() -> None:
    assert intervals.wilson(10, 40) == pytest.approx((0.1419, 0.4020), abs=1e-3)
    assert intervals.wilson(0, 10)[0] == 0
    ratio = intervals.rate_ratio(12, 150, 28, 960)
    assert ratio is not None
    assert ratio == pytest.approx((2.743, 1.426, 5.274), abs=2e-2)
    assert intervals.rate_ratio(0, 10, 3, 10) is None
    assert intervals.median(list(range(1, 12))) == (6, 2, 10)
    assert intervals.ninetieth(list(range(1, 11))) == 9


def test_the_two_kinds_of_figures_never_share_a_name() -> None:
    assert not set(statistics.ORIGINS) & set(tables.NODES)
