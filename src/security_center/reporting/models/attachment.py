"""A file that came with a report: the sealed original, and a cleaned copy when a reader asked for it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation.vault.fields import SealedTextField


class Attachment(models.Model):
    class State(models.TextChoices):
        SEALED = "sealed", _("Sealed, not looked at")
        CLEANING = "cleaning", _("Being cleaned")
        CLEANED = "cleaned", _("Clean copy ready")
        NOT_CLEANABLE = "not_cleanable", _("Cannot be cleaned")
        ISOLATED = "isolated", _("Isolated for law enforcement")
        FAULT = "fault", _("Did not arrive")
        SHREDDED = "shredded", _("Destroyed")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.SEALED: frozenset({State.CLEANING, State.ISOLATED, State.SHREDDED}),
        State.CLEANING: frozenset({State.CLEANED, State.NOT_CLEANABLE, State.SEALED, State.ISOLATED, State.SHREDDED}),
        State.CLEANED: frozenset({State.ISOLATED, State.SHREDDED}),
        State.NOT_CLEANABLE: frozenset({State.CLEANING, State.ISOLATED, State.SHREDDED}),
        State.ISOLATED: frozenset({State.SHREDDED}),
        State.FAULT: frozenset({State.SHREDDED}),
        State.SHREDDED: frozenset(),
    }

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    report = models.ForeignKey("reporting.Report", on_delete=models.CASCADE, related_name="attachments")
    message = models.ForeignKey("reporting.ThreadMessage", null=True, on_delete=models.SET_NULL, related_name="attachments")
    state = models.CharField(max_length=14, choices=State.choices, default=State.SEALED)
    fault = models.CharField(max_length=24, blank=True)  # why it did not arrive
    reason = models.CharField(max_length=40, blank=True)  # why it cannot be cleaned
    size = models.PositiveBigIntegerField(default=0)
    media_type = models.CharField(max_length=80, blank=True)  # by content, never by what the sender claimed
    file_id = models.UUIDField(null=True, unique=True)
    file_seal = SealedTextField(null=True)  # the file's own key, sealed under the report's
    name = SealedTextField(null=True)
    cleaned_file_id = models.UUIDField(null=True, unique=True)
    cleaned_seal = SealedTextField(null=True)
    cleaned_size = models.PositiveBigIntegerField(default=0)
    cleaned_media_type = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    isolated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[Attachment]] = ScopedManager(district="report__district")

    def __str__(self) -> str:
        return f"attachment {self.pk}"

    @property
    def is_picture(self) -> bool:
        return self.cleaned_media_type.startswith("image/")

    @property
    def is_film(self) -> bool:
        return self.cleaned_media_type.startswith("video/")

    @property
    def is_sound(self) -> bool:
        return self.cleaned_media_type.startswith("audio/")
