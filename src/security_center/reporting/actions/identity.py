"""The name of a confidential reporter: opened by two custodians together, with a written reason, for half an
hour (reporting.md 8).

The name lies in a record of its own, sealed to the district alone. One custodian asks, another agrees; each
look is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault.columns import seal, shown
from security_center.foundation.vault.queries import open_even_damaged, recipients_of
from security_center.foundation.vault.records import OpenRecord

from ..models import Report, ReporterIdentity
from ..queries.beside import custodians_of, identity_of, is_custodian
from .decisions import NoWrittenBasis

ASKED = "reporting.identity_asked"
OPEN_FOR = timedelta(minutes=30)


class NoIdentity(Exception):
    """This report keeps no name apart."""


class SecondCustodianNeeded(Exception):
    """The one who asked cannot agree alone; another custodian has to."""


class NothingAsked(Exception):
    """Nobody asks now, or it has been answered."""


class NotUnlocked(Exception):
    """No second custodian has agreed, or the half hour is over."""


@dataclass(frozen=True)
class Name:
    name: str
    contact: str


def _identity(actor: Person, report: Report) -> ReporterIdentity:
    if not is_custodian(actor, report):
        raise NotAllowed(f"identity of {report.thing}")
    identity = identity_of(report)
    if identity is None or identity.record == report.record:
        raise NoIdentity
    return identity


def _opened(identity: ReporterIdentity, report: Report) -> OpenRecord:
    """Sealed to the district that took the report in, which a hand-over does not change."""
    held = recipients_of(identity.record)
    own = desk_recipient(report.district)
    return open_even_damaged(identity.record, own if own in held or not held else held[0])


@transaction.atomic
def ask_unlock(*, actor: Person, report: Report, reason: str) -> ReporterIdentity:
    """A custodian asks, with a reason that the second one reads."""
    identity = _identity(actor, report)
    if not reason.strip():
        raise NoWrittenBasis
    identity.unlock_asked_by, identity.unlock_asked_at = actor, now()
    identity.unlocked_by = identity.unlocked_until = None
    seal(_opened(identity, report), identity, unlock_reason=reason)
    identity.save()
    for person in custodians_of(report):
        if person.pk != actor.pk:
            notify(
                person=person,
                kind=ASKED,
                organization=report.district,
                path=f"{report.path}identity/",
                extra={"number": report.number},
            )
    _write(report, actor, "unlock_asked")
    return identity


@transaction.atomic
def grant_unlock(*, actor: Person, report: Report, agree: bool = True) -> ReporterIdentity:
    """The second custodian agrees, which opens the name for half an hour, or refuses, which ends the
    request."""
    identity = _identity(actor, report)
    if identity.unlock_asked_by_id is None or identity.unlocked_by_id is not None:
        raise NothingAsked
    if identity.unlock_asked_by_id == actor.pk:
        raise SecondCustodianNeeded
    if agree:
        identity.unlocked_by, identity.unlocked_until = actor, now() + OPEN_FOR
    else:
        identity.unlock_asked_by = identity.unlock_asked_at = identity.unlock_reason = None
    identity.save()
    _write(report, actor, "unlock_granted" if agree else "unlock_refused")
    return identity


def reason_of(*, actor: Person, report: Report) -> str:
    """Why a colleague asks: for custodians only."""
    identity = _identity(actor, report)
    return shown(_opened(identity, report), identity, "unlock_reason")


@transaction.atomic
def read_name(*, actor: Person, report: Report) -> Name:
    """The name, within the half hour, for the two who opened it together."""
    identity = _identity(actor, report)
    if (
        identity.unlocked_until is None
        or identity.unlocked_until <= now()
        or actor.pk not in {identity.unlock_asked_by_id, identity.unlocked_by_id}
    ):
        raise NotUnlocked
    opened = _opened(identity, report)
    _write(report, actor, "read")
    return Name(shown(opened, identity, "name"), shown(opened, identity, "contact"))


def _write(report: Report, actor: Person, verb: str) -> None:
    record(actor=actor, verb=f"identity.{verb}", about=report, organization_id=report.district_id)
