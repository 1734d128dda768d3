"""In which order open reports stand, wherever they are listed or taken from, and how the pages of a list are
turned.

By urgency; within one urgency first what nobody has taken or where something new has come, then what waits
for its decision, then what a person has decided; the oldest first. A page begins behind the last row of the
one before, so that what comes or changes in between shifts no page."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from ..models import Report
from ..models.report import DECIDED, TAKEN

ORDER = ("urgency", "is_taken", "is_decided", "received_at", "id")


class Key(NamedTuple):
    """Where a row stands, by the columns of ORDER."""

    urgency: str
    taken: bool
    decided: bool
    received_at: datetime
    id: int


def in_order(found: QuerySet[Report], key: Key | None = None) -> QuerySet[Report]:
    """Open reports, those behind `key` where there is one. The columns are compared as one: an index then
    begins at the key, however far it lies."""
    ordered = found.alias(is_taken=TAKEN, is_decided=DECIDED).order_by(*ORDER)
    return ordered.filter(TupleGreaterThan(Tuple(*map(F, ORDER)), tuple(key))) if key else ordered


def newest_first(found: QuerySet[Report], key: Key | None) -> QuerySet[Report]:
    """Closed reports: by the time they came, those behind `key` where there is one."""
    ordered = found.order_by("-received_at", "-id")
    return (
        ordered.filter(TupleLessThan(Tuple(F("received_at"), F("id")), (key.received_at, key.id)))
        if key
        else ordered
    )


def write_key(report: Report) -> str:
    key = Key(report.urgency, report.taken, report.decided_at is not None, report.received_at, report.pk)
    text = f"{key.urgency}|{key.taken:d}|{key.decided:d}|{key.received_at.isoformat()}|{key.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_key(after: str) -> Key | None:
    """An address with a spoilt key shows the first page again."""
    if not after:
        return None
    try:
        urgency, taken, decided, received, pk = (
            base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode().split("|")
        )
        key = Key(
            urgency,
            bool(int(taken)),
            bool(int(decided)),
            datetime.fromisoformat(received).astimezone(UTC),
            int(pk),
        )
    except (ValueError, OverflowError, binascii.Error, UnicodeDecodeError):
        return None
    return key if 0 < key.id < 2**63 else None
