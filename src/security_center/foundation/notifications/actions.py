"""Telling a person that they have a duty, and proving that their mailbox is read."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, held, require

from . import kinds
from .models import Delivery, Message, TestAlert

TEST_ALERT = "notifications.test_alert"
TEST_ALERT_DAYS = 14
URGENT_PRIORITY = 50

_EXTRA = frozenset({"number", "dispatch", "minutes"})
_EXTRA_VALUE = re.compile(r"[A-Za-z0-9 ()+.,#*\-]{0,40}\Z")
_PATH = re.compile(r"(/[A-Za-z0-9._~:?=&%+\-]*)*\Z")


class ContentInMessage(ValueError):
    """A message carries no content: only a number of a report, a dispatch number, minutes, and a path of the staff program."""


class AlertUnknown(Exception):
    """No test alert has this token."""


class AlertUsed(Exception):
    """The test alert was confirmed before."""


class AlertOver(Exception):
    """The test alert is too old, or its person has left."""


def notify(
    *,
    person: Person,
    kind: str,
    urgency: str = "",
    organization: Organization | None = None,
    duty_id: int | None = None,
    path: str = "",
    extra: dict[str, object] | None = None,
) -> Message:
    """Put a message on the person's screen and on its way to their mailbox, all in the caller's transaction.

    kind: registered with kinds.register (UnknownKind). path: of the staff program, begins with "/". extra: number, dispatch, minutes.
    """
    kinds.get(kind)
    message, _ = _message(person=person, kind=kind, urgency=urgency, organization=organization, duty_id=duty_id, path=path, extra=extra)
    return message


def check_path(path: str) -> None:
    """Raises ContentInMessage unless `path` is empty or a path of the staff program ("//host" would lead to an address elsewhere)."""
    if not _PATH.match(path) or path.startswith("//") or len(path) > 200:
        raise ContentInMessage("path")


def plain(text: str) -> str:
    """`text` cut down to what `extra` may hold: a dispatch number typed in an odd way must not stop the alert that carries it."""
    return "".join(letter for letter in text if _EXTRA_VALUE.match(letter))[:40]


def _message(
    *,
    person: Person,
    kind: str,
    urgency: str,
    organization: Organization | None,
    duty_id: int | None,
    path: str,
    extra: dict[str, object] | None,
) -> tuple[Message, Delivery]:
    from .tasks import deliver_by_email

    values = {key: str(value) for key, value in (extra or {}).items() if value is not None}
    if not set(values) <= _EXTRA or not all(_EXTRA_VALUE.match(value) for value in values.values()):
        raise ContentInMessage("extra")
    check_path(path)
    with transaction.atomic():
        message = Message.objects.create(
            person=person, kind=kind, urgency=urgency, organization=organization, duty_id=duty_id, path=path, extra=values, created_at=now()
        )
        configured = bool(settings.SSC_EMAIL_CONFIGURED)
        delivery = Delivery.objects.create(
            message=message,
            channel=Delivery.Channel.EMAIL,
            state=Delivery.State.QUEUED if configured else Delivery.State.NOT_CONFIGURED,
        )
        if configured:
            deliver_by_email.using(priority=URGENT_PRIORITY if urgency == "U1" else 0).enqueue(delivery.pk)
    return message, delivery


def mark_read(*, actor: Person, message: Message) -> None:
    """The person has seen their message. Only one's own."""
    if message.person_id != actor.pk:
        raise NotAllowed(f"message {message.pk}")
    with transaction.atomic():
        Message.objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=now())


def mark_all_read(*, actor: Person) -> int:
    with transaction.atomic():
        return Message.objects.filter(person=actor, read_at__isnull=True).update(read_at=now())


# --- test alerts ---------------------------------------------------------------------------------------------------


def token_of(alert: TestAlert) -> str:
    """The alert's token. It is worked out anew for the e-mail, so that no table ever holds it."""
    return salted_hmac("notifications.test_alert", f"{alert.person_id}|{alert.sent_at.isoformat()}", algorithm="sha256").hexdigest()


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def send_test_alert(*, actor: Person | str, person: Person) -> TestAlert:
    """Send `person` a test alert. Anybody to themselves; to others who edits the coverage or the people where they work."""
    if isinstance(actor, Person) and actor.pk != person.pk:
        _require_charge_of(actor, person)
    with transaction.atomic():
        message, delivery = _message(person=person, kind=TEST_ALERT, urgency="", organization=None, duty_id=None, path="", extra=None)
        alert = TestAlert(person=person, delivery=delivery, channel=delivery.channel, sent_at=message.created_at)
        alert.token_digest = digest_of(token_of(alert))
        alert.save()
        record(
            actor=f"person:{actor.pk}" if isinstance(actor, Person) else actor,
            verb="test_alert.sent",
            thing=f"person:{person.pk}",
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


def open_alert(token: str) -> TestAlert:
    """The alert that `token` belongs to, if it can still be confirmed. Raises AlertUnknown, AlertUsed, AlertOver."""
    alert = TestAlert.objects.filter(token_digest=digest_of(token)).select_related("person").first()
    if alert is None:
        raise AlertUnknown
    if alert.confirmed_at is not None:
        raise AlertUsed
    if alert.sent_at < now() - timedelta(days=TEST_ALERT_DAYS) or not alert.person.is_active:
        raise AlertOver
    return alert


def confirm_test_alert(*, token: str) -> TestAlert:
    """The mailbox is read: its token came back. Works once."""
    with transaction.atomic():
        alert = open_alert(token)
        moment = now()
        if not TestAlert.objects.filter(pk=alert.pk, confirmed_at__isnull=True).update(confirmed_at=moment):
            raise AlertUsed
        alert.confirmed_at = moment
        record(
            actor=f"person:{alert.person_id}",
            verb="test_alert.confirmed",
            thing=f"person:{alert.person_id}",
            detail={"alert": alert.pk, "channel": alert.channel},
        )
    return alert
