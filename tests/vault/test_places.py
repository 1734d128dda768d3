"""What a sealed value is bound to is a name of its column's own, which no move or new name of the model
changes."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from security_center.foundation.vault.checks import check_places
from security_center.foundation.vault.columns import seal, unseal
from security_center.foundation.vault.fields import SealedTextField
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
