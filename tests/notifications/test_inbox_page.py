from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from security_center.foundation.clock import clock_at
from security_center.foundation.notifications import kinds
from security_center.foundation.notifications.actions import TEST_ALERT, notify
from security_center.foundation.notifications.models import Message, TestAlert

pytestmark = pytest.mark.django_db

KIND = TEST_ALERT


@pytest.mark.parametrize("name", ["inbox", "mark_all_read", "send_own_test_alert"])
def test_nobody_sees_an_inbox_without_signing_in(name: str) -> None:
    for answer in (
        Client().get(reverse(f"notifications:{name}")),
        Client().post(reverse(f"notifications:{name}")),
    ):
        assert answer.status_code in {302, 405}
        assert answer.status_code == 405 or answer["Location"].startswith(reverse("account_login"))


def test_a_person_sees_their_own_messages_only_and_marks_them(
    cast: Any, signed_in: Callable[..., Client]
) -> None:
    kinds.register(kinds.MessageKind("tests.page", "A report waits", "It waits at %(organization)s."))
    mine = notify(
        person=cast.rosa, kind="tests.page", urgency="U1", organization=cast.school_a, path="/inbox/"
    )
    theirs = notify(person=cast.ben, kind=KIND)
    client = signed_in(cast.rosa)
    page = client.get(reverse("notifications:inbox"))
    assert page.status_code == 200
    assert list(page.context["page_messages"]) == [mine]
    assert f"It waits at {cast.school_a.name}." in page.content.decode()
    assert client.post(reverse("notifications:mark_read", args=[theirs.pk])).status_code == 404
    answer = client.post(reverse("notifications:mark_read", args=[mine.pk]), {"open": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/inbox/")
    assert Message.objects.get(pk=mine.pk).read_at is not None
    assert Message.objects.get(pk=theirs.pk).read_at is None


@pytest.mark.parametrize(
    ("zone", "shown"), [("America/New_York", "10:30 a.m."), ("America/Los_Angeles", "7:30 a.m.")]
)
def test_times_are_shown_in_the_zone_where_the_person_works(
    cast: Any, signed_in: Callable[..., Client], zone: str, shown: str
) -> None:
    cast.school_a.time_zone = zone
    cast.school_a.save(update_fields=["time_zone"])
    client = signed_in(cast.rosa)
    with clock_at(datetime(2026, 11, 24, 15, 30, tzinfo=UTC)):
        notify(person=cast.rosa, kind=KIND)
        page = client.get(reverse("notifications:inbox")).content.decode()
    assert shown in page
    assert "UTC" not in page
    assert timezone.get_current_timezone_name() == "UTC", "one person's zone outlives their request"


def test_a_person_sends_themselves_a_test_alert(cast: Any, signed_in: Callable[..., Client]) -> None:
    signed_in(cast.rosa).post(reverse("notifications:send_own_test_alert"))
    assert TestAlert.objects.get().person == cast.rosa


def test_the_inbox_takes_as_many_queries_for_fifty_messages_as_for_one(
    cast: Any, signed_in: Callable[..., Client]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(cast.rosa)
    counts = []
    for more in (1, 60):
        for _ in range(more):
            notify(person=cast.rosa, kind=KIND, organization=cast.school_a)
        client.get(reverse("notifications:inbox"))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("notifications:inbox"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert page.context["next_before"] is not None
    older = client.get(reverse("notifications:inbox"), {"before": page.context["next_before"]})
    assert len(older.context["page_messages"]) == 11
