"""The list of destroyed reports and cases beside the archives: restoring an older archive destroys them
again.

It carries a seal under the vault's key, and one under each before it, for a kit from before an exchange.
Whoever could add a number to it would destroy that report with the next restore. A case stands in it with
"case:" before its number."""

from __future__ import annotations

import hmac
from pathlib import Path

from security_center.foundation.vault.provider import KeyProvider, VaultLocked, provider
from security_center.reporting.queries import numbers_of_destroyed
from security_center.threat_assessment.queries.list import numbers_of_expunged

LIST = "shredded-reports.txt"
CASE = "case:"
_SEAL = "# seal: "


class ListChanged(Exception):
    """Somebody changed the list, or it belongs to another system."""


def write_list(folder: Path) -> None:
    """Write the list anew; without the key file the old one stays, since nothing could seal the new."""
    try:
        keys = provider()
    except VaultLocked:
        return
    text = "".join(
        f"{number}\n"
        for number in (*numbers_of_destroyed(), *(f"{CASE}{number}" for number in numbers_of_expunged()))
    )
    draft = folder / f"{LIST}.part"
    draft.write_text(
        f"{text}{_SEAL}{' '.join(_seal_of(text, one) for one in (keys, *keys.former))}\n", encoding="ascii"
    )
    draft.chmod(0o600)
    draft.replace(folder / LIST)


def numbers(folder: Path) -> list[str]:
    """Numbers of what was destroyed, from the list in `folder`; none where there is no list. Raises
    `ListChanged`, `VaultLocked`."""
    place = folder / LIST
    if not place.is_file():
        return []
    text, found, seal = place.read_text(encoding="ascii", errors="replace").rpartition(_SEAL)
    own = _seal_of(text, provider()) if found else ""
    if not found or not any(hmac.compare_digest(one.encode(), own.encode()) for one in seal.split()):
        raise ListChanged
    return text.split()


def _seal_of(text: str, keys: KeyProvider) -> str:
    return hmac.digest(keys.derive("backup-destroyed-list"), text.encode(), "sha256").hex()
