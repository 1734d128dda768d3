"""The recovery kit: the secret that opens backups, and a copy of the vault's key. One short text file, to be
kept away from the backups."""

from __future__ import annotations

import base64
import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

import pyrage
from django.conf import settings

from security_center.foundation.vault.provider import KeyProvider, VaultLocked, of_key_file, provider_of

TITLE = "School Security Center recovery kit"


class KitUnreadable(Exception):
    """The file is not a recovery kit, or a part of it is missing."""


class KitMissing(Exception):
    """There is no recovery kit where one is needed."""


@dataclass(frozen=True)
class Kit:
    """`vault_key` is None in a kit that was written while the key file was missing."""

    identity: pyrage.x25519.Identity
    vault_key: bytes | None

    def provider(self) -> KeyProvider:
        """The vault's provider that this kit's key makes; for a kit that holds one."""
        return provider_of(self.vault_key or b"")


def recipient_file() -> Path:
    """The public half: backups are encrypted to it, so the kit itself may be far away."""
    return Path(settings.SSC_DATA) / "backup-recipient.txt"


def vault_key_file() -> Path:
    return Path(settings.SSC_DATA) / "keys" / "vault.key"


def default_place() -> Path:
    return Path(settings.SSC_DATA) / "keys" / "recovery-kit.txt"


def recipient(place: Path) -> tuple[pyrage.x25519.Recipient, bool]:
    """The key backups are encrypted to; at the first backup it is made and its kit written to `place`.
    Returns (recipient, made_now)."""
    with contextlib.suppress(VaultLocked):
        if to := of_key_file().backups:
            return pyrage.x25519.Recipient.from_str(to), False
    if recipient_file().is_file():
        return pyrage.x25519.Recipient.from_str(recipient_file().read_text(encoding="ascii").strip()), False
    identity = pyrage.x25519.Identity.generate()
    key = vault_key_file().read_bytes() if vault_key_file().is_file() else None
    _write(place, _text(str(identity), key))
    _write(recipient_file(), f"{identity.to_public()}\n")
    return identity.to_public(), True


def write_next(place: Path, keys: KeyProvider) -> None:
    """A kit with secrets that nothing uses yet: for the time after an exchange of the vault's key, which is
    `keys` now."""
    identity = pyrage.x25519.Identity.generate()
    _write(place, _text(str(identity), keys.successor(str(identity.to_public())).content()))


def take_up(to: str) -> None:
    """Encrypt backups to another kit, where the key file is away too."""
    draft = recipient_file().with_suffix(".part")
    draft.unlink(missing_ok=True)
    _write(draft, f"{to}\n")
    draft.replace(recipient_file())


def read(place: Path) -> Kit:
    """Raises `KitMissing`, `KitUnreadable`."""
    try:
        lines = place.read_text(encoding="ascii").splitlines()
    except FileNotFoundError as error:
        raise KitMissing from error
    except (OSError, UnicodeDecodeError) as error:
        raise KitUnreadable from error
    values = dict(line.split(": ", 1) for line in lines if ": " in line and not line.startswith("#"))
    try:
        identity = pyrage.x25519.Identity.from_str(values["backup secret"].strip())
        vault = values.get("vault key", "none").strip()
        found = Kit(identity, None if vault == "none" else base64.b64decode(vault, validate=True))
        if found.vault_key is not None:
            found.provider()
        return found
    except (KeyError, ValueError, pyrage.IdentityError) as error:
        raise KitUnreadable from error


def _text(identity: str, vault_key: bytes | None) -> str:
    return (
        f"# {TITLE}\n"
        "# Whoever holds this file and a backup can read everything. Keep it in a safe place, away "
        "from the backups and from this machine.\n"
        f"backup secret: {identity}\n"
        f"vault key: {base64.b64encode(vault_key).decode() if vault_key else 'none'}\n"
    )


def _write(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
