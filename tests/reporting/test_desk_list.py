"""The desk's list: who sees which rows, in which order, at what cost."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.reporting.acts import Valley

from security_center.foundation.organizations.models import Person
from security_center.reporting.actions import decisions, desk
from security_center.reporting.models import Report

SignIn = Callable[[Person], Client]


def html(client: Client, query: str = "") -> str:
    return client.get(f"/desk/{query}").content.decode()


@pytest.mark.parametrize("name", ["aud", "ada"])
def test_whose_role_lists_no_reports_is_refused(valley: Valley, signed_in: SignIn, name: str) -> None:
    assert signed_in(valley.cast.everyone[name]).get("/desk/").status_code == 403
    assert signed_in(valley.cast.everyone[name]).get("/desk/next/").status_code == 403


def test_strangers_and_the_next_school_see_no_row(valley: Valley, signed_in: SignIn) -> None:
    report = valley.report()
    for person in (valley.cast.rosa_elsewhere, valley.cast.ivy_elsewhere, valley.cast.lena):
        assert report.number not in html(signed_in(person))


def test_a_row_tells_what_decides(valley: Valley, signed_in: SignIn) -> None:
    report = valley.taken(category="weapon")
    second = valley.report(category="weapon")
    desk.link_duplicate(actor=valley.cast.rosa, report=second, first=report, new_facts="It is in locker 12.")
    decisions.decide(
        actor=valley.cast.rosa, report=report, actions=["counseling"], validity="plausible", considered="x"
    )
    decisions.ask_to_lower(actor=valley.cast.rosa, report=report, urgency="U2", reason="A toy.")
    row = html(signed_in(valley.cast.ben), "?urgency=U1")
    for words in (
        "Now",
        "Maple High School",
        "Rosa Ortiz",
        "new facts",
        "waits for a second reader",
        "1 linked",
        "linked to an earlier one",
        "nobody has it yet",
    ):
        assert words in row, words


def test_the_most_urgent_and_oldest_stand_first(valley: Valley, signed_in: SignIn) -> None:
    soon = valley.report(category="drugs")
    valley.pass_time(minutes=1)
    older = valley.report(danger_now="yes")
    valley.pass_time(minutes=1)
    newer = valley.report(danger_now="yes")
    page = html(signed_in(valley.cast.rosa))
    assert page.index(f"/desk/reports/{older.number}/") < page.rindex(f"/desk/reports/{newer.number}/")
    assert page.rindex(f"/desk/reports/{newer.number}/") < page.rindex(f"/desk/reports/{soon.number}/")


def test_tabs_and_filters_stand_in_the_address(valley: Valley, signed_in: SignIn) -> None:
    mine, other = valley.taken(category="drugs"), valley.report(category="theft_vandalism")
    client = signed_in(valley.cast.rosa)
    assert mine.number in html(client, "?tab=mine")
    assert other.number not in html(client, "?tab=mine").split("row-list")[-1]
    assert other.number in html(client, "?tab=unassigned")
    assert mine.number not in html(client, "?category=theft_vandalism").split("row-list")[-1]
    assert "Nothing matches" in html(client, "?category=thanks_test")


def test_a_number_leads_straight_to_its_report(valley: Valley, signed_in: SignIn) -> None:
    report = valley.report()
    answer = signed_in(valley.cast.rosa).get(
        "/desk/", {"number": f"{report.number[:4].lower()}-{report.number[4:]}"}
    )
    assert answer.headers["Location"] == f"/desk/reports/{report.number}/"


def test_the_next_one_is_the_most_urgent_that_nobody_has(valley: Valley, signed_in: SignIn) -> None:
    valley.report(category="drugs")
    urgent = valley.report(danger_now="yes")
    answer = signed_in(valley.cast.rosa).get("/desk/next/")
    assert answer.headers["Location"] == f"/desk/reports/{urgent.number}/"


def test_an_empty_desk_says_when_the_last_report_came(valley: Valley, signed_in: SignIn) -> None:
    client = signed_in(valley.cast.rosa)
    assert "No report has come yet" in html(client)
    valley.report()
    page = html(client, "?tab=mine")
    assert "Nothing waits for you" in page
    assert "The last report came" in page
    assert "No test alert has reached you yet" in page


def test_the_line_says_who_reads_and_what_is_late(valley: Valley, signed_in: SignIn) -> None:
    valley.report(danger_now="yes")
    valley.pass_time(minutes=30)
    page = html(signed_in(valley.cast.rosa))
    assert "coverage around the clock, now: Rosa Ortiz, Ben Cole" in " ".join(page.split())
    assert "<strong>1</strong> late" in page
    assert "25 min late" in page


def test_a_burst_is_offered_for_grouping_by_its_age_not_its_length(valley: Valley, signed_in: SignIn) -> None:
    client = signed_in(valley.cast.rosa)
    for _number in range(3):
        valley.report()
    assert "within ten minutes" not in html(client)
    valley.report()
    assert "4 reports came to Maple High School within ten minutes" in html(client)
    assert "Waits longest" in html(client)


def test_pages_are_turned_by_key(valley: Valley, signed_in: SignIn) -> None:
    copies(valley, 70)
    client = signed_in(valley.cast.rosa)
    first = client.get("/desk/")
    assert first.content.decode().count("data-keyboard-row") == 50
    later = first.context["next_url"]
    assert client.get(f"/desk/{later}").content.decode().count("data-keyboard-row") == 21


def test_the_desk_asks_the_database_as_often_for_500_rows_as_for_50(
    valley: Valley, signed_in: SignIn
) -> None:
    client = signed_in(valley.cast.rosa)
    copies(valley, 50)
    html(client)
    with CaptureQueriesContext(connection) as few:
        html(client)
    copies(valley, 450)
    with CaptureQueriesContext(connection) as many:
        html(client)
    assert len(few) == len(many), [query["sql"][:150] for query in many]


def copies(valley: Valley, count: int) -> None:
    """Rows like one report, for lists that open none of them."""
    first = valley.taken()
    rows = []
    for _number in range(count):
        row = Report(
            **{
                field.attname: getattr(first, field.attname)
                for field in Report._meta.concrete_fields
                if field.name not in {"id", "uuid", "number", "record", "locator_digest"}
            }
        )
        row.record, row.holder_id, row.acknowledged_at = row.uuid, None, None
        rows.append(row)
    Report.objects.bulk_create(rows)


@pytest.mark.parametrize(
    "key",
    [
        "U1|0001-01-01T00:00:00+14:00|1",
        "U1|9999-12-31T23:59:59-14:00|1",
        "U1|2026-01-01T00:00:00+00:00|99999999999999999999999999",
        "U1|x|²",
        "é",
    ],
)
def test_a_spoilt_key_shows_the_list(valley: Valley, signed_in: SignIn, key: str) -> None:
    after = base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")
    for query in (f"?after={after}", f"?closed=1&after={after}"):
        assert signed_in(valley.cast.rosa).get(f"/desk/{query}").status_code == 200
