"""The tables that hang on a case, found from the models themselves: a new one is held back, shown and
destroyed with the rest.

A model may say `STAYS_AS_COUNT = True` (its rows outlive the case, without their texts), `STAYS_WHERE` (a `Q`
of rows that also belong to another case) and `read_elsewhere()` (whether that case still reads this row)."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.db import models

from security_center.foundation.vault.attached import AttachedFile
from security_center.foundation.vault.fields import SealedTextField

from .models import Case

LONGEST_WAY = 3
ROOMS = ["threat_assessment"]  # whose tables are looked through; a room above adds itself when it is loaded


@cache
def tables() -> dict[type[models.Model], str]:
    """Each table → the way from it to its case ("judgement__case"), the nearest first. The case itself is not
    among them."""
    found: dict[type[models.Model], str] = {}
    own = [model for room in ROOMS for model in apps.get_app_config(room).get_models() if model is not Case]
    for _step in range(LONGEST_WAY):
        for model in own:
            if model in found:
                continue
            for field in model._meta.local_fields:
                target = field.related_model if isinstance(field, models.ForeignKey) else None
                if target is Case:
                    # The first: a handover names the case that it opened elsewhere as well
                    found.setdefault(model, field.name)
                elif target in found and not field.null:
                    found.setdefault(model, f"{field.name}__{found[target]}")
    return found


@cache
def sealed_columns(model: type[models.Model]) -> tuple[str, ...]:
    """The columns that hold a text; the sealed key of a file is none."""
    sealed = [field.name for field in model._meta.local_fields if isinstance(field, SealedTextField)]
    return tuple(
        name for name in sealed if not (issubclass(model, AttachedFile) and name in AttachedFile.KEYS)
    )


@cache
def has_own_record(model: type[models.Model]) -> bool:
    """Whether its texts are sealed under a record of its own: the case's key opens nothing of it, and it is
    destroyed by its own."""
    return any(field.name == "record" for field in model._meta.local_fields)


def emptied(model: type[models.Model]) -> dict[str, bytes | None]:
    """What takes the place of its texts in a row that stays without them."""
    return {column: None if model._meta.get_field(column).null else b"" for column in sealed_columns(model)}
