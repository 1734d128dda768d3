"""Key pairs of recipients, the data key of each record sealed to them, and holds that keep a record from
being shredded."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class RecipientKey(models.Model):
    """One version of a recipient's X25519 key pair. A retired version still opens what was sealed to it;
    nothing new is sealed to it."""

    name = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    public_key = models.BinaryField(max_length=32)
    wrapped_private_key = models.BinaryField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("recipient key")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="one_key_per_recipient_and_version"),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(retired_at__isnull=True),
                name="one_current_key_per_recipient",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class SealedKey(models.Model):
    """A record's data key, sealed to one recipient. It carries no time: a precise time could point at a
    reporter."""

    record = models.UUIDField()
    recipient = models.CharField(max_length=64)
    key_version = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("sealed key")
        constraints: ClassVar = [
            # Begins with `record`, so it serves the look-ups by record too; a second index would only slow
            # each submission.
            models.UniqueConstraint(
                fields=["record", "recipient"], name="one_sealed_key_per_record_and_recipient"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} → {self.recipient} v{self.key_version}"


class RecordHold(models.Model):
    """While an unreleased hold exists, the record cannot be shredded."""

    class Kind(models.TextChoices):
        LEGAL = "legal", _("Legal hold")
        INSPECTION = "inspection", _("Open request to inspect")

    record = models.UUIDField()
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.LEGAL)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("hold on a record")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["record", "kind"],
                condition=models.Q(released_at__isnull=True),
                name="one_open_hold_per_record_and_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.record}"


class KeyExchange(models.Model):
    """How far an exchange of the vault's key has come. key: the mark of the new key."""

    key = models.CharField(max_length=16, primary_key=True)
    begun_at = models.DateTimeField()
    # Every digest is made by way of the new key from then on, and everything sealed under it
    taken_up_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key
