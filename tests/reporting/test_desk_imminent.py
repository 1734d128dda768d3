"""Someone is in danger: four presses, each with time and name, and none that claims what was not done."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from tests.reporting.acts import Valley, fresh

from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.models import Person
from security_center.reporting.models import Report
from security_center.reporting.queries.imminent import stamps

SignIn = Callable[[Person], Client]


def press(client: Client, report: Report, **given: object) -> str:
    return client.post(f"/desk/reports/{report.number}/now/stamp/", given, follow=True).content.decode()


def test_who_may_not_write_presses_nothing(valley: Valley, signed_in: SignIn) -> None:
    report = valley.report(danger_now="yes")
    for person, status in (
        (valley.cast.rosa_elsewhere, 404),
        (valley.cast.lena, 404),
        (valley.cast.omar, 403),
        (valley.cast.ada, 403),
    ):
        client = signed_in(person)
        assert client.get(f"/desk/reports/{report.number}/now/").status_code == status
        assert (
            client.post(f"/desk/reports/{report.number}/now/stamp/", {"step": "called_911"}).status_code
            == status
        )
    assert stamps(report) == {}


def test_the_page_is_only_for_what_is_urgent_now(valley: Valley, signed_in: SignIn) -> None:
    report = valley.report(category="drugs")
    assert signed_in(valley.cast.rosa).get(f"/desk/reports/{report.number}/now/").status_code == 302


def test_it_says_what_to_say_on_the_phone_and_whom_to_call(valley: Valley, signed_in: SignIn) -> None:
    report = valley.report(danger_now="yes", who="Sam, grade 9", when_where="The gym, now", weapon="a gun")
    page = signed_in(valley.cast.rosa).get(f"/desk/reports/{report.number}/now/").content.decode()
    for words in ("tel:911", "tel:555-0100", "Sam, grade 9", "The gym, now", "a gun", "911 called"):
        assert words in page
    assert "<textarea" not in page


def test_each_press_keeps_time_and_name_and_the_first_takes_the_report(
    valley: Valley, signed_in: SignIn
) -> None:
    report = valley.report(danger_now="yes")
    page = press(signed_in(valley.cast.rosa), report, step="called_911")
    assert "Rosa Ortiz, 10 a.m." in page
    assert fresh(report).acknowledged_by == valley.cast.rosa
    valley.pass_time(minutes=2)
    page = press(signed_in(valley.cast.ben), report, step="officer_told")
    assert "Ben Cole, 10:02 a.m." in page
    assert "Rosa Ortiz, 10 a.m." in page
    assert entries_about(report.thing).filter(verb="imminent.called_911").count() == 1


def test_a_decision_about_lockdown_can_change_and_both_are_kept(valley: Valley, signed_in: SignIn) -> None:
    report, client = valley.report(danger_now="yes"), signed_in(valley.cast.rosa)
    assert "Decided: no lockdown" in press(client, report, step="no_lockdown")
    page = press(client, report, step="lockdown")
    assert "Lockdown decided" in page
    assert "Decided: no lockdown" not in page
    assert (
        entries_about(report.thing).filter(verb__in=["imminent.lockdown", "imminent.no_lockdown"]).count()
        == 2
    )


def test_a_student_is_found_only_when_two_things_were_compared(valley: Valley, signed_in: SignIn) -> None:
    report, client = valley.report(danger_now="yes"), signed_in(valley.cast.rosa)
    assert "Compare at least two things" in press(client, report, step="student_found", compared=["name"])
    page = press(client, report, step="student_found", compared=["photo", "schedule"])
    assert "compared: Photo, Class schedule" in " ".join(page.split())


def test_a_press_by_mistake_is_taken_back_and_both_are_in_the_history(
    valley: Valley, signed_in: SignIn
) -> None:
    report, client = valley.report(danger_now="yes"), signed_in(valley.cast.rosa)
    press(client, report, step="called_911")
    press(client, report, withdraw="called_911")
    assert stamps(report) == {}
    page = client.get(f"/desk/reports/{report.number}/").content.decode()
    assert "The last press was a mistake" in page


def test_an_unknown_press_stamps_nothing(valley: Valley, signed_in: SignIn) -> None:
    report = valley.report(danger_now="yes")
    assert "Press again" in press(signed_in(valley.cast.rosa), report, step="called_mom")
    assert stamps(report) == {}
