"""Rows stored with a kept statement are the rows that `save()` would have stored."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.cast import Cast

from security_center.foundation.clock import now
from security_center.foundation.duties.models import Duty
from security_center.foundation.inserts import insert
from security_center.foundation.ledger.models import Entry

pytestmark = pytest.mark.django_db


def duty(cast: Cast) -> Duty:
    at = now()
    ladder = [{"at": at.isoformat(), "audience": "reader:1", "kind": ""}]
    facts = {
        "kind": "reporting.acknowledge",
        "thing": f"report:{uuid.uuid4().hex[:8]}",
        "urgency": "U1",
        "path": "/desk/",
        "repeat_minutes": 15,
    }
    return Duty(
        **facts,
        organization=cast.school_a,
        holder=None,
        raised_at=at,
        due_at=at + timedelta(hours=1),
        ladder=ladder,
        next_step_at=at,
    )


def test_a_row_reads_back_as_one_that_was_saved(cast: Cast) -> None:
    inserted, saved = duty(cast), duty(cast)
    insert(inserted)
    saved.save()
    assert inserted.pk
    assert not inserted._state.adding
    columns = [field.attname for field in Duty._meta.concrete_fields if field.name not in {"id", "thing"}]
    one, other = (Duty.objects.filter(pk=row.pk).values(*columns).get() for row in (inserted, saved))
    for name in columns:
        assert isinstance(one[name], type(other[name])), name
    inserted.refresh_from_db()
    assert inserted.ladder[0]["audience"] == "reader:1"
    inserted.outcome = "acknowledged"
    inserted.save()
    assert Duty.objects.filter(outcome="acknowledged").count() == 1


def test_a_key_that_the_row_brings_is_kept_and_is_refused_twice() -> None:
    facts = {
        "sequence": 900_001,
        "at": now(),
        "actor": "system",
        "verb": "tested",
        "detail": {"a": 1},
        "previous_hash": "0" * 64,
        "hash": "1" * 64,
    }
    insert(Entry(**facts))
    assert Entry.objects.get(sequence=900_001).detail == {"a": 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Entry(**facts))
