"""The thread between a reporter and the desk."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField


class ThreadMessage(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    class Author(models.TextChoices):
        REPORTER = "reporter", _("Reporter")
        DESK = "desk", _("School team")
        SYSTEM = "system", _("Automatic answer")

    # Made from the number in the form and the content, so that the same message sent twice is stored once,
    # and other words never pass for it.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    report = models.ForeignKey("reporting.Report", on_delete=models.CASCADE, related_name="messages")
    author = models.CharField(max_length=8, choices=Author.choices)
    # Never shown to the reporter
    person = model_fields.person(null=True)
    body = SealedTextField("reporting.ThreadMessage.body")
    sent_at = models.DateTimeField()
    seen_by_reporter_at = models.DateTimeField(null=True)
    seen_by_desk_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[ThreadMessage]] = ScopedManager(district="report__district")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["report", "sent_at"], name="thread_in_order")]

    def __str__(self) -> str:
        return f"message {self.pk}"
