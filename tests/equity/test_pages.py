"""The pages of figures: who may not, what they say and keep back, and the duty to read them."""

from __future__ import annotations

import ast
import html
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests.house.tree import modules
from tests.threat_assessment.team import Team

from security_center.equity import tables
from security_center.equity.actions import publishing
from security_center.equity.counts import Axis, Counts
from security_center.equity.models import Figures, Reading
from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed

SignIn = Callable[[Person], Client]


def read(answer: Any) -> str:
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


@pytest.fixture
def published(team: Team) -> Figures:
    """Equity figures of the last school year: 40 cases, two groups shown, the rest kept back."""
    counts = Counts()
    axis = Axis(enrolment={"white": 600, "black": 150, "hispanic": 300, "asian": 60})
    axis.counts["referrals"].update(white=24, black=22, hispanic=11, asian=3)
    counts.axes["race"] = axis
    made = tables.publish(counts, whole=True, at=team.valley.at, before=None)
    row = Figures(
        district=team.valley.cast.district,
        kind="equity",
        period="2025-26",
        tables=made,
        made_at=team.valley.at,
    )
    row.save()
    return row


def test_only_who_may_see_statistics_opens_the_figures_and_only_of_their_district(
    team: Team, published: Figures, signed_in: SignIn
) -> None:
    cast = team.valley.cast
    team.valley.stack.close()
    for name in ("rosa", "ben", "sam", "nia"):
        assert signed_in(getattr(cast, name)).get("/figures/equity/").status_code == 403, name
    for name in ("dana", "tess", "ivy", "omar", "aud", "ada"):
        assert "School year 2025–26" in read(signed_in(getattr(cast, name)).get("/figures/equity/")), name
    elsewhere = signed_in(cast.ivy_elsewhere)
    assert "No equity figures yet" in read(elsewhere.get("/figures/equity/"))
    assert elsewhere.get(f"/figures/equity/?district={cast.district.slug}").status_code == 404


def test_the_page_shows_what_is_large_says_what_is_beyond_chance_and_keeps_back_the_rest(
    team: Team, published: Figures, signed_in: SignIn
) -> None:
    team.valley.stack.close()
    page = read(signed_in(team.valley.cast.ivy).get("/figures/equity/?by=race"))
    assert "beyond chance" in page
    assert "kept back" in page
    assert ">22<" in page
    assert ">3<" not in page
    assert read(signed_in(team.valley.cast.ivy).get("/figures/equity/?by=nothing"))


def test_each_month_the_safety_lead_owes_a_look_until_somebody_who_oversees_cases_read_them(
    team: Team, published: Figures
) -> None:
    cast = team.valley.cast
    reading = publishing.ask_to_read(district=cast.district)
    assert reading is not None
    assert publishing.ask_to_read(district=cast.district) is None
    duty = open_about(reading.thing).get()
    assert duty.holder == cast.ivy
    for name in ("omar", "aud", "tess", "ivy_elsewhere"):
        with pytest.raises(NotAllowed):
            publishing.have_read(actor=getattr(cast, name), district=cast.district)
    publishing.have_read(actor=cast.ivy, district=cast.district)
    assert not open_about(reading.thing).exists()
    assert Reading.objects.get().read_by == cast.ivy
    team.valley.pass_time(days=20)
    assert publishing.ask_to_read(district=cast.district) is not None, "a new month"


def test_nothing_is_asked_while_there_is_nothing_to_read(team: Team) -> None:
    assert publishing.ask_to_read(district=team.valley.cast.district) is None


@pytest.mark.long
def test_the_board_sees_statistics_of_times_that_are_over(team: Team, signed_in: SignIn) -> None:
    team.valley.set_clock(datetime(2026, 11, 24, 15, tzinfo=UTC))
    from security_center.equity.tasks import publish_what_is_over

    publish_what_is_over()
    team.valley.stack.close()
    page = read(signed_in(team.valley.cast.aud).get("/figures/"))
    assert "Fewer cases than may be shown." in page
    assert signed_in(team.valley.cast.aud).get("/figures/?period=2026-27").status_code == 404


def test_nothing_but_the_first_pages_and_the_project_knows_this_room() -> None:
    """No page of a case can reach a protected field: the room stands above theirs, and only its own modules
    open its rows."""
    for module in modules():
        if module.room in {"equity", "center", "project", "sample_district", "benchmarks"}:
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("security_center.equity"):
                pytest.fail(f"{module.place}:{node.lineno} imports the room of equity")


def test_protected_rows_are_opened_in_one_module_only() -> None:
    readers = {
        module.place
        for module in modules()
        if module.room == "equity" and "ProtectedRow.objects" in ast.unparse(module.tree)
    }
    assert {place.rsplit("/", 1)[-1] for place in readers} == {"joining.py", "importing.py", "pages.py"}
    pages_module = next(module for module in modules() if module.place.endswith("equity/queries/pages.py"))
    assert "values_list('token'" in ast.unparse(pages_module.tree), (
        "the page of a file compares tokens, and opens nothing"
    )


@pytest.mark.long
def test_the_public_table_shows_a_finished_year_and_only_what_was_published(
    team: Team, published: Figures, public_client: Client
) -> None:
    address = f"/numbers/{team.valley.cast.district.slug}/"
    assert "The first table comes out when a school year is over." in read(public_client.get(address))
    from security_center.equity.tasks import publish_what_is_over

    publish_what_is_over()
    page = read(public_client.get(address))
    assert "School year 2025–26" in page
    assert ">22<" in page
    assert ">3<" not in page
    assert ">22<" in read(public_client.get(f"/numbers/{team.valley.school.slug}/")), (
        "of a school, its district's"
    )
    assert public_client.get("/numbers/nowhere/").status_code == 404
