"""What a sealed value is bound to is a name of its column's own, which no move or new name of the model
changes."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from security_center.foundation.vault import hpke_seal
from security_center.foundation.vault.checks import check_places
from security_center.foundation.vault.columns import seal, unseal
from security_center.foundation.vault.fields import SealedTextField
from security_center.foundation.vault.provider import KeyProvider
from security_center.foundation.vault.queries import wrapping_context
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment.models import Case


@isolate_apps("security_center.foundation.vault")
def test_a_sealed_column_without_a_place_of_its_own_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    class Room(models.Model):  # noqa: DJ008 - no rows are made
        none = SealedTextField()
        taken = SealedTextField("reporting.Note.body")

        class Meta:
            app_label = "vault"

    assert [found.id for found in Room.check() if found.id and found.id.startswith("vault")] == ["vault.E003"]
    assert check_places() == []
    everything = [*apps.get_models(), Room]
    monkeypatch.setattr(apps, "get_models", lambda: everything)
    assert [found.id for found in check_places()] == ["vault.E004"]


@isolate_apps("security_center.foundation.vault")
def test_a_moved_and_renamed_table_opens_what_was_sealed_before() -> None:
    class Matter(models.Model):  # noqa: DJ008 - shown nowhere
        uuid = models.UUIDField()
        concern = SealedTextField("threat_assessment.Case.concern")

        class Meta:
            app_label = "vault"

    opened = OpenRecord(uuid4(), b"k" * 32)
    row = Case()
    seal(opened, row, concern="A note was found.")
    assert (
        opened.open("threat_assessment.Case.concern", str(row.uuid), bytes(row.concern))
        == "A note was found."
    )
    assert unseal(opened, Matter(uuid=row.uuid, concern=row.concern), "concern") == "A note was found."


def test_what_the_first_version_sealed_opens() -> None:
    """The bytes of a place are those of every database that is in use: a text, the key of its record, and the
    private key that opens this one."""
    record, key = UUID(int=7), b"k" * 32
    private = X25519PrivateKey.from_private_bytes(bytes(range(32)))
    sealed_key = bytes.fromhex(
        "57f4b6e1fb1fa3af02af62d7cfc8053cf9fd24317aa49585868db7004693d212"
        "9509595148d46cd3eaccc4ded9c3cc5b89ab80092385ba4c95aa1a8cbe8eab52"
        "f0ab5a78169ce62ae91480eba15e2753"
    )
    assert hpke_seal.open_key(sealed_key, private, record=record, recipient="desk:1", version=1) == key
    text = bytes.fromhex(
        "010955bc6483d975dae10b665416eb2caffa3ca6c329518db37440016971f84f"
        "12a3ff928958004b87ba2fb1e03fdeb2714f7230e1ff5569e758683ca4079e32"
        "4b14491157ee6f3ed3808efeac6d3d565f4f9b9d75c48df2e99a343d43"
    )
    assert OpenRecord(record, key).open("reporting.Report.who", "row", text) == "palabra"
    wrapped = bytes.fromhex(
        "0144b71d277ae26b83102558047abd56989efe01557e71ac8d823dcc43f41af2"
        "469c262e3d29b944424785e39bb75a4f73a4efaf131da0234a236143b3"
    )
    assert KeyProvider(b"o" * 32).unwrap(wrapped, wrapping_context("desk:1", 1)) == b"x" * 32
