from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import gettext_lazy
from django_tasks_db.models import DBTaskResult

from security_center.foundation.clock import clock_at
from security_center.foundation.notifications import delivery, kinds
from security_center.foundation.notifications.actions import (
    Notice,
    mark_all_read,
    mark_read,
    mark_read_about,
    notify,
    notify_all,
)
from security_center.foundation.notifications.models import Delivery, Message
from security_center.foundation.notifications.no_content import ContentInMessage, plain
from security_center.foundation.notifications.queries import inbox, message_of, unread_count
from security_center.foundation.notifications.tasks import deliver_together
from security_center.foundation.organizations.policies import NotAllowed

from .conftest import KIND, START, House

pytestmark = pytest.mark.django_db


def test_a_message_stands_on_the_screen_with_the_sentence_of_its_kind(house: House, settings: Any) -> None:
    settings.SSC_EMAIL_CONFIGURED = False
    with clock_at(START):
        message = notify(
            person=house.rosa,
            kind=KIND,
            urgency="U1",
            organization=house.district,
            duty_id=9,
            path="/desk/",
            extra={"number": "7F3K2M", "minutes": 30},
        )
    assert message.subject == "You have a duty"
    assert message.line == "Report 7F3K2M waits for you at Maple Valley."
    assert (message.created_at, message.read_at, message.duty_id) == (START, None, 9)
    assert list(Message.objects.filter(person=house.rosa, read_at=None)) == [message]
    assert unread_count(house.luz) == 0


def test_without_a_mail_server_the_delivery_says_so_and_nothing_is_queued(
    house: House, settings: Any
) -> None:
    settings.SSC_EMAIL_CONFIGURED = False
    notify(person=house.rosa, kind=KIND)
    assert Delivery.objects.get().state == Delivery.State.NOT_CONFIGURED
    assert not DBTaskResult.objects.exists()


def test_the_task_holds_the_delivery_s_id_and_nothing_else(house: House, settings: Any) -> None:
    settings.SSC_EMAIL_CONFIGURED = True
    notify(person=house.rosa, kind=KIND, urgency="U1", extra={"number": "7F3K2M"})
    row = DBTaskResult.objects.get()
    assert row.args_kwargs == {"args": [Delivery.objects.get().pk], "kwargs": {}}
    assert row.priority > 0


def test_what_has_to_be_done_leaves_before_what_is_announced_and_what_is_urgent_before_both(
    house: House, settings: Any
) -> None:
    settings.SSC_EMAIL_CONFIGURED = True
    announced = [Notice(house.luz, KIND), Notice(house.rosa, KIND)]
    to_be_done = [
        Notice(house.rosa, KIND, urgency="U2"),
        Notice(house.luz, KIND, duty_id=9),
        Notice(house.rosa, KIND, extra={"number": "7F3K2M"}),
    ]
    notify_all([*announced, *to_be_done, Notice(house.luz, KIND, urgency="U1")])
    pks = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    ready = [row.args_kwargs["args"][0] for row in DBTaskResult.objects.ready()]
    assert ready == [pks[5], pks[2:5], pks[:2]]


@pytest.mark.parametrize("came", ["failed", "left"])
def test_a_mail_that_did_not_leave_with_the_others_loses_no_place_in_the_queue(
    house: House, settings: Any, monkeypatch: pytest.MonkeyPatch, came: str
) -> None:
    settings.SSC_EMAIL_CONFIGURED = True
    notify_all([Notice(one, KIND, urgency="U1") for one in (house.rosa, house.luz)])
    (row,) = DBTaskResult.objects.all()
    pks = row.args_kwargs["args"][0]
    monkeypatch.setattr(
        delivery, "send_together", lambda *_given: (pks, []) if came == "failed" else ([], pks)
    )
    deliver_together.call(pks)
    later = DBTaskResult.objects.exclude(pk=row.pk)
    assert later.exists()
    assert {one.priority for one in later} == {row.priority}


@pytest.mark.parametrize(
    "given",
    [
        {"extra": {"reason": "x"}},
        {"extra": {"number": "He said: tomorrow!"}},
        {"extra": {"dispatch": "5" * 41}},
        {"path": "https://evil.example/"},
        {"path": "//evil.example/"},
        {"path": "desk/"},
        {"path": "/\\evil"},
        {"path": "/desk/\nBcc: x"},
    ],
)
def test_a_message_can_carry_no_content_and_lead_nowhere_else(house: House, given: dict[str, Any]) -> None:
    with pytest.raises(ContentInMessage):
        notify(person=house.rosa, kind=KIND, **given)
    assert not Message.objects.exists()


def test_an_unknown_kind_and_an_unknown_placeholder_are_errors(house: House) -> None:
    with pytest.raises(kinds.UnknownKind):
        notify(person=house.rosa, kind="no.such")
    with pytest.raises(kinds.UnknownPlaceholder):
        kinds.completed("%(name)s", {"name": "x"})


def test_a_sentence_is_completed_in_the_language_of_the_moment_and_percent_signs_stay() -> None:
    assert (
        kinds.completed(gettext_lazy("100% at %(organization)s%(dispatch)s."), {"organization": "Maple"})
        == "100% at Maple."
    )


def test_plain_keeps_what_a_message_may_hold() -> None:
    assert plain("555-0100 / <desk>\n") == "555-0100  desk"
    assert plain("9" * 99) == "9" * 40


def test_only_one_s_own_message_can_be_marked(house: House) -> None:
    message = notify(person=house.rosa, kind=KIND)
    with pytest.raises(NotAllowed):
        mark_read(actor=house.luz, message=message)
    assert message_of(house.luz, message.pk) is None
    with clock_at(START):
        mark_read(actor=house.rosa, message=message)
    message.refresh_from_db()
    assert message.read_at == START
    notify(person=house.rosa, kind=KIND)
    theirs = notify(person=house.luz, kind=KIND)
    assert mark_all_read(actor=house.rosa) == 1
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_opening_the_page_that_messages_lead_to_reads_ones_own_and_no_others(house: House) -> None:
    path = "/desk/reports/7F3K2M/"
    alerts = [notify(person=house.rosa, kind=KIND, path=path) for _ in range(2)]
    elsewhere = notify(person=house.rosa, kind=KIND, path="/desk/reports/8C77WN/")
    theirs = notify(person=house.luz, kind=KIND, path=path)
    assert mark_read_about(actor=house.rosa, path=path) == len(alerts)
    assert mark_read_about(actor=house.rosa, path=path) == 0
    assert list(Message.objects.filter(person=house.rosa, read_at=None)) == [elsewhere]
    assert list(Message.objects.filter(person=house.luz, read_at=None)) == [theirs]


def test_the_inbox_is_paged_by_key_newest_first(house: House) -> None:
    made = [notify(person=house.rosa, kind=KIND).pk for _ in range(53)]
    first = inbox(house.rosa)
    assert [message.pk for message in first] == made[::-1][:51]
    assert [message.pk for message in inbox(house.rosa, before=first[49].pk)] == made[::-1][50:]
