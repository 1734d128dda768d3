"""What must hold before the vault is trusted: modes of its files (Django's system checks) and a self-test
that seals and opens."""

from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Advice

from security_center.foundation.vault import files, hpke_seal, sealing
from security_center.foundation.vault.errors import SealBroken, VaultError
from security_center.foundation.vault.fields import SealedTextField
from security_center.foundation.vault.models import RecipientKey
from security_center.foundation.vault.provider import is_open, key_path, provider
from security_center.foundation.vault.queries import wrapping_context
from security_center.foundation.vault.receipts import LANGUAGES, Receipt, word_list
from security_center.foundation.vault.records import OpenRecord


class SelfTestFailed(VaultError):
    """Sealing does not work on this machine, or the key file is not the one of this data."""


@register("vault", "security")
def check_modes(app_configs: Sequence[Any] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """The key file and the folders of keys and files must not be readable by other users of the machine; the
    files by the programs' own group."""
    found: list[CheckMessage] = []
    for path, kind, number, closed in (
        (key_path(), Error, "E001", 0o077),
        (key_path().parent, Error, "E002", 0o077),
        (files.folder(), Advice, "W001", 0o007),
    ):
        if _may_enter(path, closed):
            wanted = "0600" if number == "E001" else "0700"
            found.append(
                kind(
                    f"{path} can be read by other users of this machine.",
                    hint=f"Set its mode to {wanted}: chmod {wanted} {path}",
                    id=f"vault.{number}",
                )
            )
    return found


@register("vault", "models")
def check_places(app_configs: Sequence[Any] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """No two sealed columns may have the same place: a value could be moved from one to the other and would
    open there. A table of copies of another's values says so as `SEALED_COPIES`."""
    found: list[CheckMessage] = []
    known: dict[str, SealedTextField] = {}
    for model in (each for each in apps.get_models() if not getattr(each, "SEALED_COPIES", False)):
        for column in model._meta.local_concrete_fields:
            if isinstance(column, SealedTextField) and known.setdefault(column.place, column) is not column:
                other = known[column.place]
                found.append(
                    Error(f"{column} has the place of {other}: {column.place}", obj=column, id="vault.E004")
                )
    return found


def selftest() -> None:
    """Seal and open once with every construction, and make sure that a moved value does not open. With the
    provider open, its key file must fit the newest recipient's key. Raises `SelfTestFailed` with a
    sentence."""
    try:
        _seal_and_open()
        if is_open():
            _key_file_fits()
    except VaultError as error:
        if isinstance(error, SelfTestFailed):
            raise
        raise SelfTestFailed(f"The vault's self-test failed: {error}") from error


def _seal_and_open() -> None:
    opened = OpenRecord(uuid.uuid4(), os.urandom(sealing.KEY_BYTES))
    sealed = opened.seal("selftest", "1", "palabra")
    if opened.open("selftest", "1", sealed) != "palabra":
        raise SelfTestFailed("A sealed text came back changed.")
    try:
        opened.open("selftest", "2", sealed)
    except SealBroken:
        pass
    else:
        raise SelfTestFailed("A sealed text opened in another row than its own.")
    private = X25519PrivateKey.generate()
    key = hpke_seal.seal_key(
        opened.data_key, private.public_key(), record=opened.record, recipient="selftest", version=1
    )
    if (
        hpke_seal.open_key(key, private, record=opened.record, recipient="selftest", version=1)
        != opened.data_key
    ):
        raise SelfTestFailed("A sealed key came back changed.")
    receipt = Receipt.new()
    for language in LANGUAGES:
        word_list(language)
        if Receipt.from_text(receipt.phrase(language)) != receipt:
            raise SelfTestFailed("A receipt's words do not lead back to it.")


def _key_file_fits() -> None:
    newest = RecipientKey.objects.order_by("-pk").first()
    if newest is None:
        return
    try:
        raw = provider().unwrap(
            bytes(newest.wrapped_private_key), wrapping_context(newest.name, newest.version)
        )
    except SealBroken:
        raise SelfTestFailed(
            f"The key file {key_path()} is not the one that this data was sealed with. Put the "
            "right one back from its backup."
        ) from None
    if X25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw() != bytes(newest.public_key):
        raise SelfTestFailed(
            f"The key pair of {newest.name} does not fit together: the database was changed by hand."
        )


def _may_enter(path: Path, closed: int) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False  # absent, or not even this program may look
    return bool(stat.S_IMODE(mode) & closed)
