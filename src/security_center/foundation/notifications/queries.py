"""What can be read of messages. Everybody sees only their own; of others there are counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, Q, QuerySet
from django.utils.functional import Promise

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person

from . import channels
from .models import Delivery, Message, TestAlert
from .tokens import digest_of

CONFIRMED_DAYS = 120
INBOX_PAGE = 50
COUNT_CAP = 100
TEST_ALERT_DAYS = 14


class AlertUnknown(Exception):
    """No test alert has this token."""


class AlertUsed(Exception):
    """The test alert was confirmed before."""


class AlertOver(Exception):
    """The test alert is too old, or its person has left."""


def told_since(kind: str, moment: datetime) -> set[int]:
    """Ids of the people who got a message of this kind since `moment`."""
    return set(Message.objects.filter(kind=kind, created_at__gte=moment).values_list("person_id", flat=True))


def inbox(person: Person, before: int | None = None) -> list[Message]:
    """One page of the person's messages, newest first, those with a smaller id than `before`; one more than a
    page tells that there is another."""
    messages = Message.objects.filter(person=person)
    if before is not None:
        messages = messages.filter(pk__lt=before)
    return list(messages.select_related("organization").order_by("-pk")[: INBOX_PAGE + 1])


def unread_count(person: Person, cap: int = COUNT_CAP) -> int:
    """How many messages are unread, counted up to `cap`: nobody reads a larger number, and counting it costs
    each page."""
    return Message.objects.filter(person=person, read_at__isnull=True)[:cap].count()


def message_of(person: Person, message_id: int) -> Message | None:
    return Message.objects.filter(person=person, pk=message_id).select_related("organization").first()


def unconfirmed(people: Iterable[Person], days: int = CONFIRMED_DAYS) -> list[Person]:
    """Those of `people` who have not confirmed a test alert in the last `days` days, in one query."""
    asked = list(people)
    confirmed = set(
        TestAlert.objects.filter(person__in=asked, confirmed_at__gt=now() - timedelta(days=days)).values_list(
            "person_id", flat=True
        )
    )
    return [person for person in asked if person.pk not in confirmed]


def open_alert(token: str) -> TestAlert:
    """The alert that `token` belongs to, if it can still be confirmed. Raises AlertUnknown, AlertUsed,
    AlertOver."""
    alert = TestAlert.objects.filter(token_digest=digest_of(token)).select_related("person").first()
    if alert is None:
        raise AlertUnknown
    if alert.confirmed_at is not None:
        raise AlertUsed
    if _is_over(alert) or not alert.person.is_active:
        raise AlertOver
    return alert


def _is_over(alert: TestAlert) -> bool:
    """Too old, or sent by a clock that was ahead: its link would be open for as long."""
    return not now() - timedelta(days=TEST_ALERT_DAYS) <= alert.sent_at <= now() + timedelta(minutes=1)


def open_alert_of(message: Message) -> TestAlert:
    """The alert that `message` carries, if it can still be confirmed. Raises AlertUnknown, AlertUsed,
    AlertOver."""
    alert = TestAlert.objects.filter(delivery__message=message).select_related("person", "delivery").first()
    if alert is None:
        raise AlertUnknown
    if alert.confirmed_at is not None:
        raise AlertUsed
    if _is_over(alert) or not alert.person.is_active:
        raise AlertOver
    return alert


def to_confirm_on_screen(messages: Iterable[Message]) -> set[int]:
    """Ids of those of `messages` that are test alerts to be confirmed on the screen, since no mail server
    could carry them."""
    alerts = TestAlert.objects.filter(
        delivery__message__in=list(messages),
        delivery__state=Delivery.State.NOT_CONFIGURED,
        confirmed_at__isnull=True,
        sent_at__gte=now() - timedelta(days=TEST_ALERT_DAYS),
    )
    return set(alerts.values_list("delivery__message_id", flat=True))


def alert_waits_on_screen(person: Person) -> bool:
    """Whether a test alert that no mail server could carry still has to be confirmed in the person's
    inbox."""
    since = now() - timedelta(days=TEST_ALERT_DAYS)
    waiting = TestAlert.objects.filter(
        person=person,
        confirmed_at__isnull=True,
        sent_at__gte=since,
        delivery__state=Delivery.State.NOT_CONFIGURED,
    )
    proved = TestAlert.objects.filter(person=person, confirmed_at__gt=now() - timedelta(days=CONFIRMED_DAYS))
    return waiting.exclude(Exists(proved)).exists()


def alerts_of(people: Iterable[Person]) -> dict[int, tuple[TestAlert | None, TestAlert | None]]:
    """By person id: the last test alert that was sent, and the last one that was confirmed. One query."""
    found: dict[int, tuple[TestAlert | None, TestAlert | None]] = {}
    for alert in (
        TestAlert.objects.filter(person__in=list(people)).select_related("delivery").order_by("sent_at", "pk")
    ):
        _sent, confirmed = found.get(alert.person_id, (None, None))
        found[alert.person_id] = (alert, alert if alert.confirmed_at is not None else confirmed)
    return found


def times_told(person: Person, kind: str, *, address: str, since: datetime) -> int:
    """How many messages of that kind went to that address of the person since then."""
    return Message.objects.filter(
        person=person, kind=kind, deliveries__address=address, created_at__gt=since
    ).count()


def have_unread(
    people: Iterable[Person], kind: str, organization: Organization, *, since: datetime
) -> set[int]:
    """Ids of those to whom a message of that kind about the place went since then, and who have not opened
    it."""
    rows = Message.objects.filter(
        person__in=list(people),
        kind=kind,
        organization=organization,
        created_at__gt=since,
        read_at__isnull=True,
    )
    return set(rows.values_list("person_id", flat=True))


def sent_test_alert_within(people: Iterable[Person], days: int) -> list[int]:
    """Ids of those to whom a test alert went out in the last `days` days."""
    return list(
        TestAlert.objects.filter(
            person__in=list(people), sent_at__gt=now() - timedelta(days=days)
        ).values_list("person_id", flat=True)
    )


def proved_by_screen_only(people: QuerySet[Person], days: int = CONFIRMED_DAYS) -> QuerySet[Person]:
    """Those of `people` whose only proof in the last `days` days is the screen: once mail is set up, nobody
    knows that their mailbox is read."""
    recent = TestAlert.objects.filter(confirmed_at__gt=now() - timedelta(days=days))
    by_screen, otherwise = recent.filter(channel=Delivery.SCREEN), recent.exclude(channel=Delivery.SCREEN)
    return people.filter(pk__in=by_screen.values("person")).exclude(pk__in=otherwise.values("person"))


@dataclass(frozen=True)
class Volume:
    """How often one kind of message was sent about one organization, to how many people, and how many of the
    messages nobody has opened."""

    organization_id: int
    kind: str
    messages: int
    people: int
    unopened: int


def volume(organizations: QuerySet[Organization], first: datetime, last: datetime) -> list[Volume]:
    """Messages about these organizations from `first` to before `last`: whoever is told too much hears
    nothing any more."""
    found = _between(organizations, first, last).values("organization_id", "kind")
    rows = found.annotate(messages=Count("pk"), people=Count("person", distinct=True), unopened=_UNOPENED)
    return [Volume(**row) for row in rows.order_by("-messages", "kind", "organization_id")]


def volume_by_place(organizations: QuerySet[Organization], first: datetime, last: datetime) -> list[Volume]:
    """The same of all kinds together; nobody is counted."""
    rows = (
        _between(organizations, first, last)
        .values("organization_id")
        .annotate(messages=Count("pk"), unopened=_UNOPENED)
    )
    return [Volume(**row, kind="", people=0) for row in rows.order_by()]


def volume_by_kind(
    organizations: QuerySet[Organization], first: datetime, last: datetime
) -> list[tuple[str, int, int]]:
    """Of all these organizations together: each kind, its messages and those that nobody has opened."""
    rows = (
        _between(organizations, first, last).values("kind").annotate(messages=Count("pk"), unopened=_UNOPENED)
    )
    return list(rows.order_by("-messages", "kind").values_list("kind", "messages", "unopened"))


_UNOPENED = Count("pk", filter=Q(read_at__isnull=True))


def _between(organizations: QuerySet[Organization], first: datetime, last: datetime) -> QuerySet[Message]:
    return Message.objects.filter(
        organization__in=organizations.order_by().values("pk"), created_at__gte=first, created_at__lt=last
    )


@dataclass(frozen=True)
class Unsent:
    """Messages that have not left, by any channel: how many, since when the oldest waits, and when the last
    one of all left."""

    waiting: int
    oldest: datetime | None
    last_sent: datetime | None


def unsent() -> Unsent:
    rows = Delivery.objects
    found = rows.filter(state__in=[Delivery.State.QUEUED, Delivery.State.FAILED]).aggregate(
        waiting=Count("pk"), oldest=Min("message__created_at")
    )
    last = rows.filter(state=Delivery.State.SENT).order_by("-pk").values_list("sent_at", flat=True).first()
    return Unsent(found["waiting"], found["oldest"], last)


def lasting_fault() -> str | Promise:
    """Why the last message that waits to be tried again was not taken, where no later attempt mends it; else
    ""."""
    rows = Delivery.objects.filter(state=Delivery.State.FAILED).order_by("-pk")
    name, code = rows.values_list("channel", "last_error_code").first() or ("", "")
    channel = channels.get(name)
    return "" if channel is None else channel.bounce.lasting(code)


def alerts_leave() -> bool:
    """Whether any channel is set up; without one alerts stand on the screen only."""
    return bool(channels.configured())


def mail_is_set_up() -> bool:
    """What only e-mail carries, such as an invitation, goes out."""
    return any(channel.name == channels.EMAIL for channel in channels.configured())


def unreached(people: QuerySet[Person], days: int = 7) -> list[Person]:
    """Those of `people` to whom the last mail of these days did not go out: it waits to be tried again, or
    was given up. One that arrives later ends it."""
    rows = Delivery.objects.filter(message__created_at__gt=now() - timedelta(days=days)).exclude(
        state=Delivery.State.NOT_CONFIGURED
    )
    failed = {Delivery.State.FAILED, Delivery.State.GIVEN_UP}
    missed = {
        person.pk: person
        for person in people.filter(
            pk__in=rows.filter(state__in=failed).values("message__person"), is_active=True
        )
    }
    if not missed:
        return []
    tried = rows.exclude(state=Delivery.State.QUEUED).filter(message__person__in=missed).order_by("pk")
    last: dict[int, str] = dict(tried.values_list("message__person_id", "state"))
    return sorted(
        (missed[pk] for pk, state in last.items() if state in failed),
        key=lambda person: (person.name, person.pk),
    )
