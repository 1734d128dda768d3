"""Telling a person that they have a duty, and proving that their mailbox is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import batched, product

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, held, require

from . import channels, kinds
from .models import Delivery, Message, TestAlert
from .no_content import checked_extra, checked_path
from .queries import AlertOver, AlertUsed, open_alert, open_alert_of
from .signals import test_alert_confirmed
from .tokens import digest_of, token_of

TEST_ALERT = "notifications.test_alert"


@dataclass(frozen=True)
class Notice:
    """One message to be sent. kind: registered with kinds.register. path: of the staff program, begins with
    "/". extra: number, dispatch, minutes. address: where it is sent, "" for the person's own."""

    person: Person
    kind: str
    urgency: str = ""
    organization: Organization | None = None
    duty_id: int | None = None
    path: str = ""
    extra: Mapping[str, object] | None = None
    address: str = ""


def notify(
    *,
    person: Person,
    kind: str,
    urgency: str = "",
    organization: Organization | None = None,
    duty_id: int | None = None,
    path: str = "",
    extra: dict[str, object] | None = None,
    address: str = "",
) -> Message:
    """Put a message (see `Notice`) on the person's screen and on its way by each channel that reaches them,
    all in the caller's transaction. Raises UnknownKind."""
    return notify_all([Notice(person, kind, urgency, organization, duty_id, path, extra, address)])[0].message


def notify_all(notices: Sequence[Notice]) -> list[Delivery]:
    """The same for many messages, in a fixed number of queries. Raises as `notify` does, and then sends
    none."""
    from .tasks import MOST_TOGETHER, PRIORITIES, deliver_by_email, deliver_together, priority_of

    at, configured = now(), channels.configured()
    messages = [
        Message(
            person=one.person,
            kind=kinds.get(one.kind).name,
            urgency=one.urgency,
            organization=one.organization,
            duty_id=one.duty_id,
            path=checked_path(one.path),
            extra=checked_extra(one.extra),
            created_at=at,
        )
        for one in notices
    ]
    with transaction.atomic():
        Message.objects.bulk_create(messages)
        deliveries = Delivery.objects.bulk_create(
            [
                Delivery(message=message, channel=channel, address=one.address, state=state)
                for message, one in zip(messages, notices, strict=True)
                for channel, state in _ways(one, configured)
            ]
        )
        waiting = [delivery for delivery in deliveries if delivery.state == Delivery.State.QUEUED]
        for priority, channel in product(PRIORITIES, configured):
            of_channel = [one for one in waiting if one.channel == channel.name]
            ids = [delivery.pk for delivery in of_channel if priority_of(delivery.message) == priority]
            for some in batched(ids, MOST_TOGETHER):
                if len(some) == 1:
                    deliver_by_email.using(priority=priority).enqueue(some[0])
                else:
                    deliver_together.using(priority=priority).enqueue(list(some))
    return deliveries


def _ways(notice: Notice, configured: Sequence[channels.Channel]) -> list[tuple[str, str]]:
    """Channel and first state of each delivery of one message. An address that is given is one of e-mail."""
    reaching = [one for one in configured if one.transport.address_of(notice.person)]
    names = [one.name for one in reaching if not notice.address or one.name == channels.EMAIL]
    return [(name, Delivery.State.QUEUED) for name in names] or [
        (channels.EMAIL, Delivery.State.NOT_CONFIGURED)
    ]


def mark_read(*, actor: Person, message: Message) -> None:
    """The person has seen their message. Only one's own."""
    if message.person_id != actor.pk:
        raise NotAllowed(f"message {message.pk}")
    with transaction.atomic():
        Message.objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=now())


def mark_all_read(*, actor: Person) -> int:
    with transaction.atomic():
        return Message.objects.filter(person=actor, read_at__isnull=True).update(read_at=now())


def mark_read_about(*, actor: Person, path: str) -> int:
    """Whoever has opened the page that their messages lead to has read them. Writes only if there is one to
    mark."""
    about = Message.objects.filter(person=actor, read_at__isnull=True, path=path)
    if not about.exists():
        return 0
    with transaction.atomic():
        return about.update(read_at=now())


# --- test alerts
# ---------------------------------------------------------------------------------------------------


def send_test_alert(*, actor: Person | str, person: Person) -> TestAlert:
    """Send `person` a test alert by each channel that reaches them. Anybody to themselves; to others who
    edits the coverage or the people where they work."""
    if isinstance(actor, Person) and actor.pk != person.pk:
        _require_charge_of(actor, person)
    with transaction.atomic():
        alerts = [_alert(actor, person, delivery) for delivery in notify_all([Notice(person, TEST_ALERT)])]
    return alerts[0]


def _alert(actor: Person | str, person: Person, delivery: Delivery) -> TestAlert:
    alert = TestAlert(
        person=person, delivery=delivery, channel=delivery.channel, sent_at=delivery.message.created_at
    )
    alert.token_digest = digest_of(token_of(alert))
    alert.save()
    record(
        actor=actor,
        verb="test_alert.sent",
        about=person,
        detail={"alert": alert.pk, "channel": alert.channel},
    )
    return alert


def _require_charge_of(actor: Person, person: Person) -> None:
    for assignment in held(person):
        for permission in (Permission.COVERAGE_EDIT, Permission.PEOPLE_EDIT):
            try:
                require(actor, permission, assignment.organization)
            except NotAllowed:
                continue
            return
    raise NotAllowed(f"test alert to person {person.pk}")


def confirm_test_alert(*, token: str) -> TestAlert:
    """The mailbox is read: its token came back. Works once."""
    with transaction.atomic():
        alert = open_alert(token)
        moment = now()
        if not TestAlert.objects.filter(pk=alert.pk, confirmed_at__isnull=True).update(confirmed_at=moment):
            raise AlertUsed
        alert.confirmed_at = moment
        _confirmed(alert)
    return alert


def confirm_on_screen(*, actor: Person, message: Message) -> TestAlert:
    """The person has read the test alert here, signed in. Proof only where no mail server is set up: then the
    screen is the one way that alerts take, and the channel is written down as such. Where mail is set up,
    this would prove nothing about the mailbox.

    Raises NotAllowed (another's message), AlertUnknown, AlertUsed, AlertOver (it left by mail: its link
    counts)."""
    if message.person_id != actor.pk:
        raise NotAllowed(f"message {message.pk}")
    with transaction.atomic():
        alert = open_alert_of(message)
        if alert.delivery is None or alert.delivery.state != Delivery.State.NOT_CONFIGURED:
            raise AlertOver
        moment = now()
        if not TestAlert.objects.filter(pk=alert.pk, confirmed_at__isnull=True).update(
            confirmed_at=moment, channel=Delivery.SCREEN
        ):
            raise AlertUsed
        alert.confirmed_at, alert.channel = moment, Delivery.SCREEN
        Message.objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=moment)
        _confirmed(alert)
    return alert


def _confirmed(alert: TestAlert) -> None:
    thing = f"person:{alert.person_id}"
    record(
        actor=thing,
        verb="test_alert.confirmed",
        about=thing,
        detail={"alert": alert.pk, "channel": alert.channel},
    )
    test_alert_confirmed.send(sender=TestAlert, person=alert.person)
