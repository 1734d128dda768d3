"""Whom a report is about: a sealed record that a reader makes. Likely matches come by blinded tokens and are
confirmed by a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import BlindedTokenField, SealedTextField


class Subject(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    uuid = model_fields.own_uuid()
    record = models.UUIDField(unique=True)
    district = model_fields.organization()
    desk = model_fields.organization()
    unknown = models.BooleanField(default=False)  # a search task: only a first name, a photo, a handle
    name = SealedTextField("reporting.Subject.name", null=True)
    # Grade, school, handle, schedule: what tells this person from a look-alike
    identifiers = SealedTextField("reporting.Subject.identifiers", null=True)
    made_by = model_fields.person()
    made_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Subject]] = ScopedManager(district="district")

    def __str__(self) -> str:
        return f"subject {self.pk}"


class SubjectToken(models.Model):
    """A keyed digest of one identifier. Equal tokens are a hint that a person must confirm, nothing more."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=12)
    token = BlindedTokenField(max_length=32)

    objects: ClassVar[models.Manager[SubjectToken]] = ScopedManager(district="subject__district")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["token", "kind"], name="token_lookup")]

    def __str__(self) -> str:
        return f"token {self.pk}"


class SubjectMention(models.Model):
    class State(models.TextChoices):
        LIKELY = "likely", _("Likely the same person, not confirmed")
        CONFIRMED = "confirmed", _("Confirmed")
        REJECTED = "rejected", _("Not the same person")

    report = models.ForeignKey("reporting.Report", on_delete=models.CASCADE, related_name="mentions")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="mentions")
    state = models.CharField(max_length=10, choices=State.choices)
    set_by = model_fields.person()
    set_at = models.DateTimeField()
    # Codes of the identifiers that were compared (two at least)
    identifiers_checked = models.JSONField(default=list)
    second_by = model_fields.person(null=True)
    second_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[SubjectMention]] = ScopedManager(district="report__district")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "subject"], name="one_mention")]

    def __str__(self) -> str:
        return f"mention {self.pk}"
