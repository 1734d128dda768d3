"""A file that came with a report: the sealed original, and a cleaned copy when a reader asked for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.attached import AttachedFile


class Attachment(AttachedFile):
    SEALED_AS = "reporting.Attachment"

    report = models.ForeignKey("reporting.Report", on_delete=models.CASCADE, related_name="attachments")
    message = models.ForeignKey(
        "reporting.ThreadMessage", null=True, on_delete=models.SET_NULL, related_name="attachments"
    )
    fault = models.CharField(max_length=24, blank=True)  # why it did not arrive
    received_at = models.DateTimeField()
    asked_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[Attachment]] = ScopedManager(district="report__district")

    def __str__(self) -> str:
        return f"attachment {self.pk}"
