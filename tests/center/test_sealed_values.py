"""Whether everything that is sealed still opens, over all rooms at once: what a move, a restore and an
exchanged key are judged by."""

from __future__ import annotations

import pytest
from django_scopes import scopes_disabled
from tests.reporting.acts import Valley, valley

from security_center.center.sealed_values import open_every_value, sealed_columns
from security_center.foundation.vault.actions import shred_record
from security_center.reporting.models import Report

__all__ = ["valley"]
pytestmark = pytest.mark.django_db


def sent(valley: Valley, text: str) -> Report:
    valley.receive(text)
    with scopes_disabled():
        return Report.objects.latest("pk")


def test_what_was_typed_opens_and_is_counted(valley: Valley) -> None:
    before = open_every_value()
    sent(valley, "They hide in the washroom.")
    after = open_every_value()
    assert not after.closed
    assert after.values > before.values


def test_a_value_that_was_moved_to_another_row_is_named_by_its_column_and_nothing_else(
    valley: Valley,
) -> None:
    first, second = sent(valley, "One MARKER-ELM."), sent(valley, "Another.")
    with scopes_disabled():
        Report.objects.filter(pk=second.pk).update(what_happened=first.what_happened)
    found = open_every_value()
    assert dict(found.closed) == {"reporting.Report.what_happened": 1}
    assert "MARKER-ELM" not in repr(found)


def test_what_was_destroyed_is_no_fault(valley: Valley) -> None:
    report = sent(valley, "They hide in the washroom.")
    shred_record(record=report.record, actor="person:1")
    found = open_every_value()
    assert found.destroyed > 0
    assert not found.closed


def test_every_room_that_seals_is_looked_through() -> None:
    rooms = {model._meta.app_label for model, _names in sealed_columns()}
    assert {"reporting", "threat_assessment", "students", "equity", "prevention", "organizations"} <= rooms
