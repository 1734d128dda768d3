"""What all of it is for: a U1 report that nobody takes rings at each minute of reporting.md 6.1, ends with
the number to call, and never stops."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from tests.reporting.acts import Valley

from security_center.foundation.duties.models import Duty
from security_center.foundation.duties.queries import ringing_for_nobody
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations.policies import NotAllowed
from security_center.reporting.actions import desk


def test_a_u1_that_nobody_acknowledges_takes_each_step_at_its_minute_and_never_stops(valley: Valley) -> None:
    report = valley.report("He will bring a gun tomorrow")
    for _minute in range(91):
        valley.ring()
        valley.pass_time(minutes=1)
    steps = valley.steps(report)
    assert steps[:5] == [
        (0, "reader:1", ["Rosa Ortiz"]),
        (5, "reader:2", ["Ben Cole"]),
        (10, "reader:3", ["Tess Moran"]),
        (15, "district_on_call", ["Nia Ward"]),
        (30, "superintendent", ["Omar Reyes"]),
    ]
    assert [minute for minute, _audience, _names in steps[5:]] == [45, 60, 75, 90]
    everyone = {"Rosa Ortiz", "Ben Cole", "Tess Moran", "Nia Ward", "Ivy Chen", "Omar Reyes"}
    assert all(set(names) == everyone for _minute, _audience, names in steps[5:])
    assert not ringing_for_nobody([valley.school]).exists()
    assert not Duty.objects.get(thing=report.thing).steps.filter(late=True).exists()


def test_at_thirty_minutes_the_superintendents_mail_carries_the_number_to_call_and_no_word_of_the_report(
    valley: Valley, settings: Any
) -> None:
    from security_center.foundation.notifications import tasks as mail_tasks
    from security_center.foundation.notifications.models import Delivery

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SSC_EMAIL_CONFIGURED = True
    valley.report("He will bring a gun tomorrow", who="Sam Doe")
    for _ in range(31):
        valley.ring()
        valley.pass_time(minutes=1)
    message = Message.objects.get(person=valley.cast.omar)
    assert message.kind == "prevention.call_dispatch"
    for delivery in Delivery.objects.filter(message=message):
        mail_tasks.deliver_by_email.call(delivery.pk)
    sent = next(one for one in mail.outbox if valley.cast.omar.email in one.to)
    assert "555-0100" in f"{sent.subject} {sent.body}"
    assert "gun" not in f"{sent.subject} {sent.body}"
    assert "Sam" not in f"{sent.subject} {sent.body}"


def test_strangers_are_never_in_any_of_it(valley: Valley) -> None:
    report = valley.report("He will bring a gun tomorrow")
    for _ in range(4):
        valley.ring()
        valley.pass_time(minutes=15)
    assert not Message.objects.filter(person__in=list(valley.cast.strangers.values())).exists()
    for person in valley.cast.strangers.values():
        with pytest.raises(NotAllowed):
            desk.look(actor=person, report=report)
