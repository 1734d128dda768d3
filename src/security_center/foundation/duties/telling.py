"""The messages that a duty sends: you have a duty, with a number and a place, and no word of what it is
about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from security_center.foundation.notifications import kinds
from security_center.foundation.notifications.actions import Notice, notify_all
from security_center.foundation.notifications.no_content import plain
from security_center.foundation.organizations.models import Organization, Person

from .models import Duty

GENERAL_KIND = "duties.general"
HANDED_OVER_KIND = "duties.handed_over"
LEFT_KIND = "duties.nobody_left"  # to administrators: a number and a place


@dataclass(frozen=True)
class Telling:
    """Who hears of a duty, each with the kind of message; `since`: that it has waited until then is said
    too."""

    duty: Duty
    people: Sequence[tuple[Person, str]]
    since: datetime | None = None


def tell(tellings: Sequence[Telling]) -> None:
    notify_all([_notice(telling, person, kind) for telling in tellings for person, kind in telling.people])


def _notice(telling: Telling, person: Person, kind: str) -> Notice:
    duty = telling.duty
    number = plain(duty.number())
    # An administrator knows nothing of what is in the system, and is led to where roles are given
    if kind == LEFT_KIND:
        return Notice(
            person, kind, duty.urgency, duty.organization, path="/people/", extra={"number": number}
        )
    extra: dict[str, object] = {"number": number, "dispatch": plain(_dispatch_number(duty.organization))}
    if telling.since is not None:
        extra["minutes"] = max(0, int((telling.since - duty.raised_at).total_seconds() // 60))
    known = kind if kinds.is_known(kind) else GENERAL_KIND
    return Notice(person, known, duty.urgency, duty.organization, duty.pk, duty.path, extra)


def _dispatch_number(organization: Organization) -> str:
    """The number of the police dispatch of the organization, or of the nearest above it that has one."""
    return next((place.dispatch_number for place in organization.line() if place.dispatch_number), "")
