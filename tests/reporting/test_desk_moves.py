"""Handing over, staff conflicts, linking, holds: through the pages."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django_scopes import scopes_disabled
from tests.reporting.acts import Valley, fresh

from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations import actions as organizations
from security_center.foundation.organizations.models import Person
from security_center.foundation.vault.queries import holds_on, is_on_hold
from security_center.reporting.models import Handoff, Report

SignIn = Callable[[Person], Client]


def offer(valley: Valley, client: Client, report: Report, to: object) -> Handoff:
    name = to.name  # type: ignore[attr-defined]
    answer = client.post(
        f"/desk/reports/{report.number}/hand-over/",
        {"q": name, "handoff-desk": str(to.pk), "handoff-reason": "The student goes there."},  # type: ignore[attr-defined]
    )
    assert answer.status_code == 302, answer.content.decode()
    with scopes_disabled():
        return Handoff.objects.get(report=report, acknowledged_at__isnull=True)


def test_only_people_of_the_receiving_desk_see_an_offer(valley: Valley, signed_in: SignIn) -> None:
    cast, report = valley.cast, valley.taken(what="Secret words of a pupil.")
    handoff = offer(valley, signed_in(cast.rosa), report, cast.school_elsewhere)
    address = f"/desk/handoffs/{handoff.uuid}/"
    for person in (cast.rosa, cast.ivy, cast.lena, cast.aud):
        assert signed_in(person).get(address).status_code == 404
    for person in (cast.omar_elsewhere, cast.aud_elsewhere):
        assert signed_in(person).get(address).status_code == 403
        assert signed_in(person).post(address).status_code == 403


def test_the_receiver_sees_everything_but_the_words_and_takes_it_over(
    valley: Valley, signed_in: SignIn
) -> None:
    cast, report = valley.cast, valley.taken(what="Secret words of a pupil.", category="drugs")
    giver, receiver = signed_in(cast.rosa), signed_in(cast.rosa_elsewhere)
    handoff = offer(valley, giver, report, cast.school_elsewhere)
    address = f"/desk/handoffs/{handoff.uuid}/"
    page = receiver.get(address).content.decode()
    assert "Maple High School" in page
    assert "Secret words" not in page
    assert receiver.get(f"/desk/reports/{report.number}/").status_code == 404
    waiting = giver.get(f"/desk/reports/{report.number}/").content.decode()
    assert "It stays yours until they take it over" in waiting
    answer = receiver.post(address, follow=True)
    assert "Secret words of a pupil." in answer.content.decode()
    assert "The student goes there." in answer.content.decode()
    assert giver.get(f"/desk/reports/{report.number}/").status_code == 404


def test_the_giver_takes_an_offer_back(valley: Valley, signed_in: SignIn) -> None:
    cast, report = valley.cast, valley.taken()
    giver = signed_in(cast.rosa)
    handoff = offer(valley, giver, report, cast.school_b)
    twice = giver.post(
        f"/desk/reports/{report.number}/hand-over/",
        {"handoff-desk": str(cast.district.pk), "handoff-reason": "x"},
    )
    assert "already offered" in twice.content.decode()
    giver.post(f"/desk/reports/{report.number}/hand-over/back/")
    assert fresh(report).handoff_to is None
    assert signed_in(cast.lena).get(f"/desk/handoffs/{handoff.uuid}/").status_code == 404


def test_a_hand_over_without_a_reason_keeps_the_choice(valley: Valley, signed_in: SignIn) -> None:
    report = valley.taken()
    page = signed_in(valley.cast.rosa).post(
        f"/desk/reports/{report.number}/hand-over/",
        {"q": "Birch", "handoff-desk": str(valley.cast.school_b.pk), "handoff-reason": ""},
    )
    assert f'value="{valley.cast.school_b.pk}"' in page.content.decode()
    assert "checked" in page.content.decode()
    assert "Write why." in page.content.decode()


def test_desks_of_other_districts_are_found_by_name(valley: Valley, signed_in: SignIn) -> None:
    report, client = valley.taken(), signed_in(valley.cast.rosa)
    assert (
        "Spruce Elementary School"
        not in client.get(f"/desk/reports/{report.number}/hand-over/").content.decode()
    )
    assert (
        "Spruce Elementary School"
        in client.get(f"/desk/reports/{report.number}/hand-over/?q=spruce").content.decode()
    )


def test_naming_a_member_of_staff_takes_it_from_them_and_those_they_direct(
    valley: Valley, signed_in: SignIn
) -> None:
    cast, report = valley.cast, valley.taken()
    organizations.set_supervision(actor=cast.ada, supervisor=cast.dana, supervised=cast.rosa)
    rosa = signed_in(cast.rosa)
    answer = rosa.post(f"/desk/reports/{report.number}/conflict/", {"conflict-about": str(cast.dana.pk)})
    assert answer.headers["Location"] == "/desk/"
    assert rosa.get(f"/desk/reports/{report.number}/").status_code == 404
    assert report.number not in rosa.get("/desk/").content.decode()
    assert signed_in(cast.nia).get(f"/desk/reports/{report.number}/").status_code == 200


def test_a_duplicate_is_linked_by_its_number_and_brings_its_new_facts(
    valley: Valley, signed_in: SignIn
) -> None:
    first, second = valley.taken(), valley.taken(what="A boy pushes another at the bus.")
    client = signed_in(valley.cast.rosa)
    given = {"link-number": first.number.lower(), "link-new_facts": "It is bus 7."}
    client.post(f"/desk/reports/{second.number}/link/", given)
    assert fresh(second).linked_to == first
    page = client.get(f"/desk/reports/{second.number}/").content.decode()
    assert first.number in page
    assert "It is bus 7." in page
    assert second.number in client.get(f"/desk/reports/{first.number}/").content.decode()


def test_a_number_that_the_person_cannot_see_is_not_found_and_stays_typed(
    valley: Valley, signed_in: SignIn
) -> None:
    report = valley.taken()
    elsewhere = valley.report(at=valley.cast.school_b)
    client = signed_in(valley.cast.rosa)
    for number in (elsewhere.number, "NOSUCHNR", report.number):
        page = client.post(f"/desk/reports/{report.number}/link/", {"link-number": number}).content.decode()
        assert f'value="{number}"' in page
        assert "data-error-summary" in page


def test_only_the_districts_safety_lead_holds_a_report(valley: Valley, signed_in: SignIn) -> None:
    cast, report = valley.cast, valley.taken()
    address = f"/desk/reports/{report.number}/hold/"
    assert signed_in(cast.rosa).post(address, {"on": "yes"}).status_code == 403
    ivy = signed_in(cast.ivy)
    assert ivy.get(address).status_code == 200
    ivy.post(address, {"on": "yes"})
    assert is_on_hold(report.record)
    ivy.post(address, {"on": "no"})
    assert not is_on_hold(report.record)


def test_a_legal_hold_and_an_open_request_to_inspect_are_set_and_released_each_by_itself(
    valley: Valley, signed_in: SignIn
) -> None:
    report = valley.taken()
    address, ivy = f"/desk/reports/{report.number}/hold/", signed_in(valley.cast.ivy)
    assert signed_in(valley.cast.rosa).post(address, {"on": "yes", "kind": "inspection"}).status_code == 403
    for kind in ("legal", "inspection"):
        ivy.post(address, {"on": "yes", "kind": kind})
    page = ivy.get(f"/desk/reports/{report.number}/").content.decode()
    assert "Legal hold" in page
    assert "Open request to inspect" in page
    assert "Noted an open request to inspect" in page
    ivy.post(address, {"on": "no", "kind": "legal"})
    assert [str(kind) for kind in holds_on(report.record)] == ["inspection"]
    assert ivy.get(address).content.decode().count("It stands now.") == 1
    for _twice in range(2):
        ivy.post(address, {"on": "no", "kind": "inspection"})
    assert not is_on_hold(report.record)
    assert [entry.verb for entry in entries_about(report.thing).filter(verb__contains="inspection")] == [
        "report.held_for_inspection",
        "report.inspection_over",
    ]
    ivy.post(address, {"on": "yes", "kind": "nonsense"})
    assert not is_on_hold(report.record)


def test_after_a_hand_over_no_duty_of_the_giver_is_left(valley: Valley, signed_in: SignIn) -> None:
    cast, report = valley.cast, valley.taken()
    handoff = offer(valley, signed_in(cast.rosa), report, cast.school_elsewhere)
    signed_in(cast.rosa_elsewhere).post(f"/desk/handoffs/{handoff.uuid}/")
    assert {duty.organization_id for duty in open_about(report.thing)} == {cast.school_elsewhere.pk}
