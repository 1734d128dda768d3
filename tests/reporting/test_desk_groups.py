"""Incident rooms through the pages: opened from a burst, answered with one line, closed by two, each thread
kept."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from tests.reporting.acts import Valley, fresh

from security_center.foundation.organizations.models import Person
from security_center.reporting.actions import thread
from security_center.reporting.actions.intake import Received
from security_center.reporting.models import IncidentGroup, Report
from security_center.reporting.queries import thread_page

SignIn = Callable[[Person], Client]
DECISION = {
    "decide-actions": ["LE_investigation"],
    "decide-validity": "unsubstantiated",
    "decide-considered": "An old picture.",
    "decide-interim": "no",
}


def burst(valley: Valley, count: int = 4, **fields: object) -> list[Received]:
    return [
        valley.receive(f"There is a picture going around, {number}.", **fields) for number in range(count)
    ]


def opened(client: Client, reports: list[Report], title: str = "The picture") -> IncidentGroup:
    answer = client.post(
        "/desk/groups/new/", {"group-title": title, "report": [report.number for report in reports]}
    )
    assert answer.status_code == 302, answer.content.decode()
    return IncidentGroup.objects.order_by("-pk")[0]


def test_who_may_not_assign_opens_no_room_and_strangers_see_none(valley: Valley, signed_in: SignIn) -> None:
    reports = [received.report for received in burst(valley)]
    given = {"group-title": "x", "report": [report.number for report in reports]}
    assert signed_in(valley.cast.omar).post("/desk/groups/new/", given).status_code == 403
    assert (
        "Tick at least one report"
        in signed_in(valley.cast.rosa_elsewhere).post("/desk/groups/new/", given).content.decode()
    )
    assert signed_in(valley.cast.aud).get("/desk/groups/").status_code == 403
    group = opened(signed_in(valley.cast.rosa), reports)
    for person in (valley.cast.rosa_elsewhere, valley.cast.lena):
        client = signed_in(person)
        assert client.get(f"/desk/groups/{group.uuid}/").status_code == 404
        for act in ("add/", "answer/", "close/", "line/", "remove/"):
            assert client.post(f"/desk/groups/{group.uuid}/{act}").status_code == 404
    omar = signed_in(valley.cast.omar)
    for act in ("add/", "answer/", "close/", "line/", "remove/"):
        assert omar.post(f"/desk/groups/{group.uuid}/{act}").status_code == 403


def test_a_burst_is_ticked_already_and_opening_the_room_acknowledges(
    valley: Valley, signed_in: SignIn
) -> None:
    reports = [received.report for received in burst(valley)]
    client = signed_in(valley.cast.rosa)
    page = client.get(f"/desk/groups/new/?around={reports[0].number}").content.decode()
    assert page.count(" checked") == 4
    group = opened(client, reports[:3])
    assert [fresh(report).group_id for report in reports] == [group.pk] * 3 + [None]
    assert fresh(reports[0]).acknowledged_by == valley.cast.rosa
    assert "The picture" in client.get("/desk/groups/").content.decode()


def test_a_room_needs_a_title_and_keeps_the_ticks(valley: Valley, signed_in: SignIn) -> None:
    reports = [received.report for received in burst(valley)]
    page = signed_in(valley.cast.rosa).post(
        "/desk/groups/new/", {"group-title": "", "report": [reports[0].number, reports[1].number]}
    )
    assert page.content.decode().count(" checked") == 2
    assert "Give the room a name" in page.content.decode()


def test_one_line_reaches_each_thread_and_the_room_shows_how_long_they_waited(
    valley: Valley, signed_in: SignIn
) -> None:
    came = burst(valley)
    client = signed_in(valley.cast.rosa)
    valley.pass_time(minutes=40)
    group = opened(client, [received.report for received in came])
    assert "the longest for 40 min" in client.get(f"/desk/groups/{group.uuid}/").content.decode()
    answer = client.post(
        f"/desk/groups/{group.uuid}/line/", {"line-line": "We checked it. School is open."}, follow=True
    )
    assert "4 reporters were written to." in answer.content.decode()
    assert "every reporter has an answer" in answer.content.decode()
    for received in came:
        assert [line.text for line in thread_page(received.receipt, fresh(received.report)).lines][
            -1
        ] == "We checked it. School is open."


def test_reports_are_added_by_number_and_taken_out(valley: Valley, signed_in: SignIn) -> None:
    reports = [received.report for received in burst(valley)]
    client = signed_in(valley.cast.rosa)
    group = opened(client, reports[:2])
    client.post(
        f"/desk/groups/{group.uuid}/add/", {"numbers": f"{reports[2].number.lower()}, {reports[3].number}"}
    )
    assert fresh(reports[3]).group_id == group.pk
    assert (
        "You see no report with this number"
        in client.post(f"/desk/groups/{group.uuid}/add/", {"numbers": "NOSUCH"}, follow=True).content.decode()
    )
    client.post(f"/desk/groups/{group.uuid}/remove/", {"report": reports[3].number})
    assert fresh(reports[3]).group_id is None
    assert client.post(f"/desk/groups/{group.uuid}/remove/", {"report": reports[3].number}).status_code == 404


def test_a_room_is_closed_by_two_on_one_page(valley: Valley, signed_in: SignIn) -> None:
    reports = [received.report for received in burst(valley, danger_now="unsure")]
    rosa, tess, ben = (signed_in(person) for person in (valley.cast.rosa, valley.cast.tess, valley.cast.ben))
    group = opened(rosa, reports)
    refused = rosa.post(
        f"/desk/groups/{group.uuid}/close/", {**DECISION, "decide-considered": ""}
    ).content.decode()
    assert "A decision without a basis does not count" in refused
    closing = rosa.post(f"/desk/groups/{group.uuid}/close/", DECISION, follow=True).content.decode()
    assert "0 closed, 4 wait for a second reader" in closing
    address, given = (
        f"/desk/groups/{group.uuid}/answer/",
        {"approval-answer": "Same picture.", "agree": "yes"},
    )
    assert "must be another person" in rosa.post(address, given).content.decode()
    assert "must be another person" in tess.post(address, given).content.decode()  # of the same discipline
    page = ben.get(f"/desk/groups/{group.uuid}/").content.decode()
    assert "4 reports wait for you as second reader" in page
    assert "An old picture." in page
    assert "4 answered." in ben.post(address, given, follow=True).content.decode()
    assert all(fresh(report).closed_at is not None for report in reports)
    assert IncidentGroup.objects.get(pk=group.pk).closed_at is not None


def test_a_report_with_new_words_is_left_for_a_look_of_its_own(valley: Valley, signed_in: SignIn) -> None:
    came = burst(valley, danger_now="unsure")
    group = opened(signed_in(valley.cast.rosa), [received.report for received in came])
    signed_in(valley.cast.rosa).post(f"/desk/groups/{group.uuid}/close/", DECISION)
    valley.pass_time(minutes=5)
    thread.reporter_writes(receipt=came[0].receipt, report=came[0].report, body="I know who made it.")
    given = {"approval-answer": "Same picture.", "agree": "yes"}
    answer = signed_in(valley.cast.ben).post(f"/desk/groups/{group.uuid}/answer/", given, follow=True)
    assert "3 answered. 1 still wait: read each of them on its own page." in answer.content.decode()
    assert fresh(came[0].report).closed_at is None
    assert fresh(came[1].report).closed_at is not None
