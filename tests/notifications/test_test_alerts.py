"""Test alerts: the proof that a mailbox is read."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlparse

import pytest
from django.test import Client

from security_center.foundation.clock import clock_at
from security_center.foundation.duties import queue
from security_center.foundation.ledger.models import Entry
from security_center.foundation.notifications.actions import confirm_test_alert, send_test_alert
from security_center.foundation.notifications.models import Message, TestAlert
from security_center.foundation.notifications.queries import AlertOver, AlertUnknown, AlertUsed, unconfirmed
from security_center.foundation.notifications.tokens import token_of
from security_center.foundation.organizations.models import Role, RoleAssignment
from security_center.foundation.organizations.policies import NotAllowed, forget

from .conftest import START, House, Mailbox

pytestmark = pytest.mark.django_db


def link_of(mailbox: Mailbox) -> str:
    (link,) = re.findall(r"https?://\S+", mailbox.messages[-1].get_content())
    return urlparse(link).path


def test_opening_the_link_proves_nothing_and_pressing_its_button_confirms_once(
    house: House, mailbox: Mailbox
) -> None:
    with clock_at(START):
        send_test_alert(actor=house.rosa, person=house.rosa)
        queue.run_one()
        address, anybody = link_of(mailbox), Client()
        assert re.fullmatch(r"/alerts/test/[0-9a-f]{64}/", address)
        for _ in range(2):
            page = anybody.get(address)
            assert (page.status_code, page.context["state"]) == (200, "ask")
        assert unconfirmed([house.rosa])
        assert anybody.post(address).context["state"] == "confirmed"
        assert not unconfirmed([house.rosa])
        assert anybody.post(address).context["state"] == "used"
        assert anybody.get(address).context["state"] == "used"
    assert [entry.verb for entry in Entry.objects.order_by("sequence")] == [
        "test_alert.sent",
        "test_alert.confirmed",
    ]


def test_the_button_s_form_is_guarded_against_other_sites(house: House, mailbox: Mailbox) -> None:
    send_test_alert(actor=house.rosa, person=house.rosa)
    queue.run_one()
    assert Client(enforce_csrf_checks=True).post(link_of(mailbox)).status_code == 403
    assert unconfirmed([house.rosa])


def test_the_screen_does_not_show_what_only_the_mailbox_may_prove(house: House, mailbox: Mailbox) -> None:
    alert = send_test_alert(actor=house.rosa, person=house.rosa)
    message = Message.objects.get()
    token = token_of(alert)
    assert token not in f"{message.path}{message.extra}{message.line}{message.subject}"
    assert bytes(alert.token_digest).hex() != token
    assert not TestAlert.objects.filter(token_digest=token.encode()[:32]).exists()


def test_a_wrong_an_old_and_a_leaver_s_token_confirm_nothing(house: House, mailbox: Mailbox) -> None:
    with clock_at(START):
        token = token_of(send_test_alert(actor=house.rosa, person=house.rosa))
        with pytest.raises(AlertUnknown):
            confirm_test_alert(token=token[:-1] + ("0" if token[-1] != "0" else "1"))
        house.rosa.is_active = False
        house.rosa.save()
        with pytest.raises(AlertOver):
            confirm_test_alert(token=token)
        house.rosa.is_active = True
        house.rosa.save()
    with clock_at(START + timedelta(days=15)), pytest.raises(AlertOver):
        confirm_test_alert(token=token)
    with clock_at(START + timedelta(days=13)):
        confirm_test_alert(token=token)
        with pytest.raises(AlertUsed):
            confirm_test_alert(token=token)
    assert Client().get("/alerts/test/nothing/").status_code == 404


def test_a_confirmation_counts_for_120_days(house: House, mailbox: Mailbox) -> None:
    with clock_at(START):
        confirm_test_alert(token=token_of(send_test_alert(actor="system", person=house.rosa)))
    for days, confirmed in ((119, True), (121, False)):
        with clock_at(START + timedelta(days=days)):
            assert (unconfirmed([house.rosa]) == []) == confirmed
            assert unconfirmed([house.rosa, house.luz]) == (
                [house.luz] if confirmed else [house.rosa, house.luz]
            )
    found = TestAlert.objects.filter(person=house.rosa).latest("sent_at")
    assert found is not None
    assert found.confirmed_at == START


def test_only_who_has_charge_of_a_person_s_place_sends_them_a_test_alert(
    house: House, mailbox: Mailbox
) -> None:
    RoleAssignment.objects.create(
        person=house.luz, organization=house.district, role=Role.READER, starts_at=START - timedelta(days=30)
    )
    with pytest.raises(NotAllowed):
        send_test_alert(actor=house.rosa, person=house.luz)
    RoleAssignment.objects.create(
        person=house.rosa,
        organization=house.district,
        role=Role.TEAM_LEAD,
        starts_at=START - timedelta(days=30),
    )
    forget(house.rosa)
    forget(house.luz)
    assert send_test_alert(actor=house.rosa, person=house.luz).person == house.luz
