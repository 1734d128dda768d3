"""Reports of one rumor, answered with one accurate line and closed together, each thread kept
(reporting.md 6.6)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField


class IncidentGroup(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    uuid = model_fields.own_uuid()
    record = models.UUIDField(unique=True)
    district = model_fields.organization()
    desk = model_fields.organization()
    title = SealedTextField("reporting.IncidentGroup.title")
    status_line = SealedTextField("reporting.IncidentGroup.status_line", null=True)
    opened_by = model_fields.person()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[IncidentGroup]] = ScopedManager(district="district")

    def __str__(self) -> str:
        return f"group {self.pk}"
