"""The ledger's rows: entries of the chain and signed heads. Triggers (triggers.py) refuse to change or delete
either."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from .chain import CanonicalEncoder


class Entry(models.Model):
    """One act: who did what to which thing, when. Verbs, ids, times and digests only, never a text that
    somebody typed."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    verb = models.CharField(max_length=64)
    thing = models.CharField(max_length=96, blank=True)
    organization_id = models.BigIntegerField(null=True, blank=True)
    detail = models.JSONField(default=dict, encoder=CanonicalEncoder)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "entries"
        indexes: ClassVar = [models.Index(fields=["thing", "sequence"], name="ledger_entry_thing")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb}"


class SignedHead(models.Model):
    """The worker's signature under the chain as it stood at `sequence`. The same line goes to files outside
    the database."""

    sequence = models.BigIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    public_key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    # What heads carry since they are chained (heads.Head says what each is); heads from before keep the
    # defaults and their own statement.
    previous = models.CharField(max_length=64, blank=True, default="")
    entries = models.BigIntegerField(default=0)
    resumes = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"head at {self.sequence}"
