"""E-mail over a real mail server."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult

from security_center.foundation.clock import clock_at
from security_center.foundation.duties import queue
from security_center.foundation.duties.actions import Rung, advance_due_steps, raise_duty
from security_center.foundation.notifications import delivery as deliveries
from security_center.foundation.notifications import tasks
from security_center.foundation.notifications.actions import notify
from security_center.foundation.notifications.channels.email import transport
from security_center.foundation.notifications.models import Delivery

from .conftest import KIND, START, House, Mailbox, by_smtp

pytestmark = pytest.mark.django_db

MARKER = "QUETZALMARKER"


def test_an_email_says_that_there_is_a_duty_and_where_and_no_more(house: House, mailbox: Mailbox) -> None:
    notify(
        person=house.rosa,
        kind=KIND,
        organization=house.district,
        path="/desk/reports/7F3K2M/",
        extra={"number": "7F3K2M"},
    )
    assert queue.run_one()
    (mail,) = mailbox.messages
    assert mail["To"] == "rosa@maple.example.org"
    assert mail["Subject"] == "You have a duty"
    body = mail.get_content()
    assert "Report 7F3K2M waits for you at Maple Valley." in body
    assert re.findall(r"https?://\S+", body) == ["https://staff.example.org/desk/reports/7F3K2M/"]
    # Every word of it is known: of the kind's sentence, the template, or the link.
    known = (
        "Report 7F3K2M waits for you at Maple Valley. https://staff.example.org/desk/reports/7F3K2M/ "
        "For privacy, this e-mail does not say what it is about. Sign in to read it. Nobody reads "
        "answers to this e-mail."
    )
    assert set(body.split()) <= set(known.split())
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@staff.example.org>")


def test_nothing_of_a_report_and_of_this_machine_is_in_the_mail_of_its_duty(
    house: House, mailbox: Mailbox
) -> None:
    """The duty's thing, its organization's other fields and the reporter's words cannot get out: the mail has
    no place for them."""
    import socket

    house.district.city = f"{MARKER}-city"
    house.district.save()
    with clock_at(START):
        raise_duty(
            kind=KIND, thing="report:7F3K2M", organization=house.district, ladder=[Rung(START, "holder")],
            holder=house.rosa, actor="reporter",
            urgency="U1", path="/desk/reports/7F3K2M/", due_at=START,
        )  # fmt: skip
        advance_due_steps()
    while queue.run_one():
        pass
    (raw,) = mailbox.raw
    assert MARKER.encode() not in raw
    assert b"U1" not in raw
    headers = raw.split(b"\r\n\r\n")[0]
    assert socket.gethostname().encode() not in headers
    assert {line.split(b":")[0].lower() for line in headers.split(b"\r\n") if line[:1] not in b" \t"} <= {
        b"subject", b"from", b"to", b"date", b"message-id", b"auto-submitted", b"x-auto-response-suppress",
        b"mime-version",
        b"content-type", b"content-transfer-encoding", b"x-peer", b"x-mailfrom", b"x-rcptto",
    }  # fmt: skip


def test_the_email_is_in_the_person_s_language_whatever_the_worker_speaks(
    house: House, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: list[str] = []

    def noting(template: str, context: dict[str, Any]) -> str:
        from django.utils.translation import get_language

        spoken.append(get_language() or "")
        return template

    monkeypatch.setattr(transport, "render_to_string", noting)
    notify(person=house.luz, kind=KIND)
    with override("en"):
        queue.run_one()
    assert spoken == ["es", "es"]


def test_a_delivery_is_sent_once_though_its_task_comes_twice(house: House, mailbox: Mailbox) -> None:
    notify(person=house.rosa, kind=KIND)
    sent = Delivery.objects.get()
    with clock_at(START):
        tasks.deliver_by_email.call(sent.pk)
        tasks.deliver_by_email.call(sent.pk)
    sent.refresh_from_db()
    assert (sent.state, sent.attempts, sent.sent_at, sent.last_error_code) == (
        Delivery.State.SENT,
        1,
        START,
        "",
    )
    assert len(mailbox.raw) == 1


def test_a_refused_message_is_counted_with_its_code_and_tried_again_until_it_is_taken(
    house: House, mailbox: Mailbox
) -> None:
    mailbox.answer = f"451 4.3.0 {MARKER} rosa@maple.example.org"
    notify(person=house.rosa, kind=KIND)
    queue.run_one()
    sent = Delivery.objects.get()
    assert (sent.state, sent.attempts, sent.last_error_code) == (Delivery.State.FAILED, 1, "smtp_451")
    row = DBTaskResult.objects.get()
    assert row.status == "READY"
    assert MARKER not in f"{row.traceback}{row.exception_class_path}"
    mailbox.answer = "250 OK"
    with clock_at(START):
        tasks.deliver_by_email.call(sent.pk)
    sent.refresh_from_db()
    assert (sent.state, sent.attempts, sent.last_error_code) == (Delivery.State.SENT, 2, "")


def test_a_mail_server_that_is_away_is_given_up_after_the_last_attempt(
    house: House, mailbox: Mailbox, settings: Any
) -> None:
    settings.MAILERS = by_smtp(9)  # nothing listens there
    notify(person=house.rosa, kind=KIND)
    sent = Delivery.objects.get()
    for _ in range(deliveries.MOST_ATTEMPTS - 1):
        with pytest.raises(deliveries.DeliveryFailed):
            tasks.deliver_by_email.call(sent.pk)
    tasks.deliver_by_email.call(sent.pk)
    sent.refresh_from_db()
    assert (sent.state, sent.attempts, sent.last_error_code) == (
        Delivery.State.GIVEN_UP,
        deliveries.MOST_ATTEMPTS,
        "ConnectionRefusedError",
    )


def test_a_mail_server_that_was_taken_away_meanwhile_is_said(
    house: House, mailbox: Mailbox, settings: Any
) -> None:
    notify(person=house.rosa, kind=KIND)
    settings.SSC_EMAIL_CONFIGURED = False
    queue.run_one()
    assert Delivery.objects.get().state == Delivery.State.NOT_CONFIGURED


def test_every_state_of_a_delivery_has_its_row_in_the_table() -> None:
    assert set(Delivery.TRANSITIONS) == set(Delivery.State)
