"""What the worker looks at before it signs: whatever was rewritten since the last signature must not become
true by being signed.

Only what came since the last head is read, so it costs the same each minute however long the chain is; the
whole is verified every few hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from . import entries, heads, triggers
from .chain import GENESIS
from .models import Entry, SignedHead


class LedgerBroken(Exception):
    """The ledger is not as it was signed: nothing is signed until a person has looked. Carries the
    sentence."""


@dataclass(frozen=True)
class Checked:
    """newest: the head in the table. uncommitted: one that was written to a file and whose row never was; it
    is taken up as it is. last: where the chain stands (sequence, hash), None when it is empty. entries: how
    many that are."""

    newest: heads.Head | None
    uncommitted: heads.Head | None
    last: tuple[int, str] | None
    entries: int


def checked(public_keys: Sequence[str]) -> Checked:
    """Verify from the last head on. `public_keys`: of those who may have signed it. Raises LedgerBroken."""
    row = SignedHead.objects.order_by("-sequence").first()
    newest = heads.of_row(row) if row is not None else None
    if newest is not None and newest.signer(public_keys) < 0:
        raise LedgerBroken(_("The newest signature was not made with this system's key."))
    if wrong := [*triggers.missing(connection), *triggers.changed(connection)]:
        raise LedgerBroken(
            _("The database's guard %(name)s is missing or is not the one that this system makes.")
            % {"name": wrong[0]}
        )
    uncommitted = _compared_with_witnesses(newest, public_keys)
    try:
        last, count = _walked(newest, uncommitted)
    except DatabaseError:
        raise LedgerBroken(_("The ledger cannot be read: the database's file is damaged.")) from None
    return Checked(newest, uncommitted, last, count)


def _compared_with_witnesses(newest: heads.Head | None, public_keys: Sequence[str]) -> heads.Head | None:
    """The newest head of each copy must be in the table, or be the one that comes next."""
    uncommitted = None
    for file in (heads.data_file(), heads.outside_file(), heads.remembered_file()):
        head = heads.last(file) if file is not None else None
        if head is None or head.signer(public_keys) < 0:
            # A file that is torn or forged proves nothing against the chain; the whole verification names it
            continue
        if not head.previous:
            # From before heads were chained: one whose row was not committed stayed in the file. Its entry is
            # compared by the whole check
            continue
        if newest is None or head.sequence > newest.sequence:
            if head.previous != (newest.digest if newest is not None else GENESIS):
                raise LedgerBroken(
                    _("Entry %(n)d was signed, but its signature is no longer in the database.")
                    % {"n": head.sequence}
                )
            uncommitted = head
            continue
        row = SignedHead.objects.filter(sequence=head.sequence).first()
        if row is None or heads.of_row(row).digest != head.digest:
            raise LedgerBroken(
                _("The signature at entry %(n)d is not the one in the database: it was taken out or changed.")
                % {"n": head.sequence}
            )
    return uncommitted


def _walked(newest: heads.Head | None, uncommitted: heads.Head | None) -> tuple[tuple[int, str] | None, int]:
    last: tuple[int, str] | None = None
    count = 0
    if newest is not None:
        count = (newest.entries or Entry.objects.filter(sequence__lte=newest.sequence).count()) - 1
    for row in entries.rows(newest.sequence - 1 if newest is not None else None):
        if last is None and newest is not None:
            follows = (row.sequence, row.hash) == (newest.sequence, newest.hash)
        else:
            follows = (row.sequence, row.previous_hash) == (
                (last[0] + 1, last[1]) if last is not None else (1, GENESIS)
            )
        if (
            not follows
            or not row.whole
            or (
                uncommitted is not None
                and row.sequence == uncommitted.sequence
                and row.hash != uncommitted.hash
            )
        ):
            raise LedgerBroken(
                _("Entry %(n)d is not the one that was written or signed.") % {"n": row.sequence}
            )
        last = (row.sequence, row.hash)
        count += 1
    signed = max((head.sequence for head in (newest, uncommitted) if head is not None), default=0)
    if (last[0] if last is not None else 0) < signed:
        raise LedgerBroken(
            _("Entry %(n)d was signed, but it is no longer there: the end of the ledger was cut off.")
            % {"n": signed}
        )
    return last, count
