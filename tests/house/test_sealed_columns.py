"""Every column that holds what a person typed is sealed, and stands in its room's inventory
(tests/<room>/columns.py); what typed text is clear says there why.

A new column that is in neither list fails. Look at it: may a thief of the database read it? If not, it is a
SealedTextField."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from tests.house.tables import gathered

from security_center.foundation.students.models import Facts
from security_center.foundation.vault.fields import BlindedTokenField, SealedTextField

# Sealed columns by their places: a place never changes, though the model moves or is renamed. Tokens by
# room.Model.column: what they hold is bound to a district and a kind, not to a table.
SEALED = frozenset(gathered("columns", "SEALED"))
# room.Model.column → why it may be clear. Ends in ".*" for a whole model.
CLEAR = gathered("columns", "CLEAR")


def columns() -> Iterable[tuple[str, models.Field]]:  # type: ignore[type-arg]
    """Every column of every room of ours, as (room.Model.column, field)."""
    for config in apps.get_app_configs():
        if config.name in settings.ROOMS:
            for model in config.get_models():
                for field in model._meta.local_concrete_fields:
                    yield f"{config.label}.{model.__name__}.{field.name}", field


def of_kind(*kinds: Any) -> dict[str, Any]:
    return {label: field for label, field in columns() if isinstance(field, kinds)}


def sealed() -> set[str]:
    return set(of_kind(SealedTextField, BlindedTokenField))


def texts() -> set[str]:
    """Columns that could hold a text that somebody typed."""
    kinds = models.CharField | models.TextField | models.BinaryField
    return {place for place, field in columns() if isinstance(field, kinds)} - sealed()


def allowed(place: str) -> bool:
    return any(place == known or (known.endswith(".*") and place.startswith(known[:-1])) for known in CLEAR)


def test_the_inventory_of_sealed_columns_is_the_models() -> None:
    places = {field.place for field in of_kind(SealedTextField).values()}
    assert places | of_kind(BlindedTokenField).keys() == SEALED


def test_a_place_is_given_twice_only_where_a_table_keeps_copies_of_another() -> None:
    sealed_texts = of_kind(SealedTextField)
    copies = [label for label, field in sealed_texts.items() if getattr(field.model, "SEALED_COPIES", False)]
    assert copies == [f"students.Revision.{name}" for name in Facts.TEXTS]
    assert len({field.place for field in sealed_texts.values()}) == len(sealed_texts) - len(copies)


def test_every_other_column_that_could_hold_a_text_says_why_it_is_clear() -> None:
    raw_bytes = {place for place, field in columns() if isinstance(field, models.BinaryField)} - sealed()
    unexplained = sorted(place for place in texts() - raw_bytes if not allowed(place))
    assert unexplained == []


def test_no_reason_is_given_for_a_column_that_is_gone() -> None:
    there = texts() | {place for place, _field in columns()}
    stale = [
        known
        for known in CLEAR
        if not any(
            place == known or (known.endswith(".*") and place.startswith(known[:-1])) for place in there
        )
    ]
    assert stale == []


def test_no_json_column_of_reporting_takes_more_than_codes() -> None:
    found = {
        place
        for place, field in columns()
        if isinstance(field, models.JSONField) and place.startswith("reporting.")
    }
    assert found == {
        "reporting.Approval.payload",
        "reporting.Disposition.actions",
        "reporting.SubjectMention.identifiers_checked",
    }
