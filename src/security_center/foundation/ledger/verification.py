"""Reads the whole chain once, a page at a time, and names what is wrong with it, and what cannot be proved
either way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from security_center.foundation.clock import now

from . import entries, head_sources, heads, triggers
from .chain import GENESIS
from .head_sources import Findings, Problem, Waited
from .models import Entry, SignedHead


@dataclass(frozen=True)
class Verification:
    ok: bool
    entries: int
    signed_heads: int
    problems: list[Problem]
    head_signed_at: datetime | None
    problem_count: int = 0
    # Where the public half of the signing key came from: "provider", "outside file", "data file", "database"
    # or "" (nothing signed yet).
    key_source: str = ""
    unproved: list[str] = field(default_factory=list)  # what would look the same if somebody had changed it
    fresh_problems: int = 0  # problems that nobody has seen and signed on after


def verify() -> Verification:
    """Check every entry against its hash, its place, and every signed head. Needs no key to check the chain;
    reports at most 20 problems."""
    findings = Findings(
        resumed=SignedHead.objects.filter(resumes=True)
        .order_by("-sequence")
        .values_list("sequence", flat=True)
        .first()
        or 0
    )
    public_keys, key_source = _public_keys()
    table, witnesses = head_sources.opened(findings, public_keys)
    waited = Waited()
    count, last_hash, expected = 0, GENESIS, 1
    try:
        for row in entries.rows():
            count += 1
            if row.sequence != expected:
                findings.add(expected, _missing(expected, row.sequence - 1))
            elif row.previous_hash != last_hash:
                findings.add(
                    row.sequence, _("Entry %(n)d does not follow the entry before it.") % {"n": row.sequence}
                )
            if not row.whole:
                findings.add(
                    row.sequence,
                    _("Entry %(n)d was changed or moved after it was written.") % {"n": row.sequence},
                )
            waited.entry(row.sequence, row.at)
            signed = table.reach(row.sequence, row.hash, count)
            for head in signed:
                waited.signed(row.sequence, head.signed_at)
            for witness in witnesses:
                witness.reach_with(signed, table.newest, row.sequence, row.hash, count)
            last_hash, expected = row.hash, row.sequence + 1
    except DatabaseError:
        findings.add(
            expected, _("The database cannot be read at entry %(n)d: its file is damaged.") % {"n": expected}
        )
    else:
        for source in (table, *witnesses):
            source.finish(expected - 1)
        waited.signed(expected - 1, now())
        newest = table.newest if key_source == "provider" else None
        if newest is not None and newest.signer(heads.keys_that_sign()) < 0 <= newest.signer(public_keys):
            findings.add(newest.sequence, _("The newest signature was not made with this system's key."))
        head_sources.compare_with_remembered(findings, public_keys)
        _own_check_of_the_database(findings)
    _guards(findings)
    sources = (table, *witnesses)
    return Verification(
        ok=findings.count == 0,
        entries=count,
        signed_heads=max(source.count for source in sources),
        problems=findings.problems,
        head_signed_at=max(
            (source.signed_at for source in sources if source.signed_at is not None), default=None
        ),
        problem_count=findings.count,
        key_source=key_source,
        unproved=[sentence for sentence in (without_copy_elsewhere(), waited.sentence()) if sentence],
        fresh_problems=findings.fresh,
    )


def without_copy_elsewhere() -> str:
    """What cannot be proved while no copy of the signed heads lies elsewhere; "" where one does. Everything
    else is found without it."""
    if heads.outside_file() is not None:
        return ""
    return _(
        "No copy of the signatures is kept on another machine. Whoever can write everything on this "
        "one could cut off the end of the ledger, "
        "or take all of it back to an earlier day, and nobody could prove it."
    )


def _missing(first: int, last: int) -> str:
    if last < first:
        return _("Entry %(n)d is where it cannot be.") % {"n": first}
    if first == last:
        return _("Entry %(n)d is missing.") % {"n": first}
    return _("Entries %(first)d to %(last)d are missing.") % {"first": first, "last": last}


def _public_keys() -> tuple[list[str], str]:
    """The keys, one after the other, to check signatures with, and where they came from.

    Only the provider's own cannot have been put there by a thief."""
    from security_center.foundation.vault.provider import VaultLocked

    try:
        return heads.believed_keys(), "provider"
    except VaultLocked:
        pass
    named = Entry.objects.filter(verb=heads.HANDED_OVER, thing=heads.INSTALLATION).values_list(
        "detail", "sequence"
    )
    announced = {str(detail.get("signing_key")): sequence for detail, sequence in named}
    for name, file in head_sources.files():
        if file.exists() and (
            keys := heads.handed_on(
                (head for head in heads.read(file) if isinstance(head, heads.Head)), announced
            )
        ):
            return keys, name
    rows = SignedHead.objects.order_by("sequence").iterator(chunk_size=2000)
    keys = heads.handed_on((heads.of_row(row) for row in rows), announced)
    return (keys, "database") if keys else ([], "")


# --- the database's own guards
# -------------------------------------------------------------------------------------


def _own_check_of_the_database(findings: Findings) -> None:
    """SQLite: an index that no longer agrees with its table would hide entries from every page, though the
    table itself is whole."""
    if connection.vendor != "sqlite":
        return
    for table in triggers.TABLES:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA integrity_check({table})")
                lines = [str(row[0]) for row in cursor.fetchall()]
        except DatabaseError:
            lines = ["damaged"]
        for line in lines:
            if line != "ok":
                row = re.search(r"\brow (\d+)", line)
                findings.add(
                    int(row[1]) if row else 0,
                    _("The database's own check of %(table)s found damage.") % {"table": table},
                )


def _guards(findings: Findings) -> None:
    for trigger in triggers.missing(connection):
        findings.add(
            0,
            _("The database's guard %(name)s is missing: entries could have been changed.")
            % {"name": trigger},
        )
    for trigger in triggers.changed(connection):
        findings.add(
            0,
            _(
                "The database's guard %(name)s is not the one that this system makes: entries could "
                "have been changed."
            )
            % {"name": trigger},
        )
