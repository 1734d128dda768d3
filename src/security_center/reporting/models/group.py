"""Reports of one rumor, answered with one accurate line and closed together, each thread kept
(reporting.md 6.6)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from security_center.foundation.vault.fields import SealedTextField


class IncidentGroup(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.UUIDField(unique=True)
    district = models.ForeignKey("organizations.Organization", on_delete=models.PROTECT, related_name="+")
    desk = models.ForeignKey("organizations.Organization", on_delete=models.PROTECT, related_name="+")
    title = SealedTextField("reporting.IncidentGroup.title")
    status_line = SealedTextField("reporting.IncidentGroup.status_line", null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[IncidentGroup]] = ScopedManager(district="district")

    def __str__(self) -> str:
        return f"group {self.pk}"
