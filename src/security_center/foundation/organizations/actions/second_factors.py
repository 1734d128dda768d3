"""When the vault's key is exchanged: secrets of authenticator apps and recovery codes are sealed under the
new one."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from security_center.foundation.vault.exchange import lock

from ..adapters import SecondFactorAdapter, SecondFactorUnreadable

ROWS = 500


def seal_second_factors_anew(*, actor: str) -> list[str]:
    """In portions. Names those that opened with neither key; they are left as they are. Raises
    VaultLocked."""
    lost, after = [], 0
    while True:
        with transaction.atomic():
            sealed = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
            rows = list(sealed.select_for_update(no_key=True).filter(pk__gt=after).order_by("pk")[:ROWS])
            lost += [f"second factor {row.pk}" for row in rows if not _sealed_anew(row)]
        if len(rows) < ROWS:
            return lost
        after = rows[-1].pk


def nobody_changes_second_factors() -> None:
    """In the caller's transaction, until it ends."""
    lock(Authenticator)


def _sealed_anew(row: Authenticator) -> bool:
    adapter = SecondFactorAdapter()
    try:
        data = {name: _each(adapter, value) for name, value in row.data.items()}
    except SecondFactorUnreadable:
        return False
    if data != row.data:
        row.data = data
        row.save(update_fields=["data"])
    return True


def _each(adapter: SecondFactorAdapter, value: object) -> object:
    """Whatever is text in the data of an app or of recovery codes is a sealed secret."""
    if isinstance(value, list):
        return [_each(adapter, one) for one in value]
    return adapter.sealed_anew(value) if isinstance(value, str) else value
