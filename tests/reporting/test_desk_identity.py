"""The name of a confidential reporter: two custodians, a reason, half an hour."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.reporting.acts import Valley

from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.reporting.actions import conflicts, identity
from security_center.reporting.models import Report

SignIn = Callable[[Person], Client]


@pytest.fixture
def report(valley: Valley) -> Report:
    return valley.report(
        "The coach shouts.",
        channel="staff",
        actor=valley.cast.tess,
        mode="confidential",
        reporter_name="Tess Moran",
        reporter_contact="room 12",
    )


def test_nobody_but_a_custodian_asks_or_reads(valley: Valley, signed_in: SignIn, report: Report) -> None:
    cast, address = valley.cast, f"/desk/reports/{report.number}/identity/"
    for person in (cast.rosa, cast.ben, cast.dana, cast.nia, cast.ada):
        assert signed_in(person).get(address).status_code == 403
        assert signed_in(person).post(address, {"reason-reason": "x"}).status_code == 403
    for person in (cast.ivy_elsewhere, cast.omar_elsewhere):
        assert signed_in(person).get(address).status_code == 404
    with pytest.raises(NotAllowed):
        identity.ask_unlock(actor=cast.rosa, report=report, reason="Curious")


def test_the_desk_is_told_who_the_custodians_are_and_not_the_name(
    valley: Valley, signed_in: SignIn, report: Report
) -> None:
    page = signed_in(valley.cast.rosa).get(f"/desk/reports/{report.number}/").content.decode()
    assert "Custodians of the name: Ivy Chen, Omar Reyes" in " ".join(page.split())
    assert "Open the name" not in page
    assert (
        "Open the name" in signed_in(valley.cast.ivy).get(f"/desk/reports/{report.number}/").content.decode()
    )


def test_an_anonymous_report_has_no_name_to_open(valley: Valley, signed_in: SignIn) -> None:
    assert (
        signed_in(valley.cast.ivy).get(f"/desk/reports/{valley.report().number}/identity/").status_code == 404
    )


def test_two_custodians_open_the_name_for_half_an_hour(
    valley: Valley, signed_in: SignIn, report: Report
) -> None:
    cast, address = valley.cast, f"/desk/reports/{report.number}/identity/"
    ivy, omar = signed_in(cast.ivy), signed_in(cast.omar)
    assert "Tess Moran" not in ivy.get(address).content.decode()
    assert "Write why" in ivy.post(address, {"reason-reason": " "}).content.decode()
    ivy.post(address, {"reason-reason": "The police ask for a witness."})
    assert Message.objects.filter(person=cast.omar, read_at=None, kind="reporting.identity_asked").exists()
    own = ivy.post(f"{address}answer/", {"agree": "yes"}, follow=True).content.decode()
    assert "Another custodian has to agree" in own
    assert "Tess Moran" not in own
    assert "The police ask for a witness." in omar.get(address).content.decode()
    opened = omar.post(f"{address}answer/", {"agree": "yes"}, follow=True).content.decode()
    assert "Tess Moran" in opened
    assert "room 12" in opened
    assert "Tess Moran" in ivy.get(address).content.decode()
    verbs = set(
        entries_about(report.thing).filter(verb__startswith="identity.").values_list("verb", flat=True)
    )
    assert verbs == {"identity.unlock_asked", "identity.unlock_granted", "identity.read"}
    valley.pass_time(minutes=31)
    assert "Tess Moran" not in ivy.get(address).content.decode()
    with pytest.raises(identity.NotUnlocked):
        identity.read_name(actor=cast.ivy, report=report)


def test_a_refusal_ends_the_request(valley: Valley, signed_in: SignIn, report: Report) -> None:
    cast, address = valley.cast, f"/desk/reports/{report.number}/identity/"
    signed_in(cast.ivy).post(address, {"reason-reason": "Curious"})
    omar = signed_in(cast.omar)
    assert "It stays closed." in omar.post(f"{address}answer/", {"agree": "no"}, follow=True).content.decode()
    assert (
        "Nobody asks for it now."
        in omar.post(f"{address}answer/", {"agree": "yes"}, follow=True).content.decode()
    )


def test_a_custodian_whom_it_is_about_is_kept_out(valley: Valley, signed_in: SignIn, report: Report) -> None:

    conflicts.set_conflict(actor=valley.cast.ivy, report=report, about=valley.cast.omar)
    assert signed_in(valley.cast.omar).get(f"/desk/reports/{report.number}/identity/").status_code == 404
