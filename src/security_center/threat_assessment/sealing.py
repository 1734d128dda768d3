"""How this room opens and seals a case. Every look is recorded by `actions.looking.look`; here is only the key."""

from __future__ import annotations

from security_center.foundation.vault.queries import open_record
from security_center.foundation.vault.records import OpenRecord
from security_center.reporting.sealing import desk_recipient, seal, unseal, unseal_all

from .models import Case, Handoff, Incoming, Meeting, Transfer

__all__ = [
    "desk_recipient",
    "recipients",
    "seal",
    "unseal",
    "unseal_all",
    "unsealed",
    "unsealed_handoff",
    "unsealed_incoming",
    "unsealed_meeting",
    "unsealed_transfer",
]


def recipients(case: Case) -> list[str]:
    """The vault's names of the desks that a case is sealed to: the school's and the district's, so that the district can help or take over."""
    return list(dict.fromkeys((desk_recipient(case.school), desk_recipient(case.district))))


def unsealed(case: Case) -> OpenRecord:
    """The case's record. Callers have asked the policy. Raises `VaultLocked` when the key file is missing."""
    return open_record(case.record, *recipients(case))


def unsealed_meeting(meeting: Meeting) -> OpenRecord:
    """The record of a meeting's minutes. Callers have asked the policy. Raises `VaultLocked` when the key file is missing."""
    return open_record(meeting.record, *dict.fromkeys((desk_recipient(meeting.place), desk_recipient(meeting.district))))


def unsealed_handoff(handoff: Handoff) -> OpenRecord:
    """The record of what is handed on: sealed to the desks of both ends. Callers have asked the policy."""
    ends = [handoff.from_school, handoff.from_school.district]
    ends += [handoff.to_school, handoff.to_school.district] if handoff.to_school is not None else []
    return open_record(handoff.record, *dict.fromkeys(desk_recipient(one) for one in ends))


def unsealed_incoming(row: Incoming) -> OpenRecord:
    """The record of what was told. Callers have asked the policy."""
    return open_record(row.record, *dict.fromkeys((desk_recipient(row.school), desk_recipient(row.district))))


def unsealed_transfer(row: Transfer) -> OpenRecord:
    """The record of a student who comes from another school. Callers have asked the policy."""
    return open_record(row.record, *dict.fromkeys((desk_recipient(row.school), desk_recipient(row.district))))
