"""The services to which a district can refer: whom to call, how many places are free, how long one waits
(threat-assessment.md F12: few services, and nobody knew which)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField


class Service(models.Model):
    uuid = model_fields.own_uuid()
    record = models.UUIDField(unique=True)
    district = model_fields.organization()
    kind = models.CharField(max_length=24)  # key of content/service_kinds.yaml
    name = SealedTextField("threat_assessment.Service.name")
    contact = SealedTextField("threat_assessment.Service.contact", null=True)
    note = SealedTextField("threat_assessment.Service.note", null=True)
    places_free = models.PositiveIntegerField(null=True)  # nothing: nobody knows
    wait_days = models.PositiveIntegerField(null=True)
    checked_at = models.DateTimeField()
    checked_by = model_fields.person(null=True)
    ended_at = models.DateTimeField(null=True)  # it is not there any more

    objects: ClassVar[models.Manager[Service]] = ScopedManager(district="district")

    def __str__(self) -> str:
        return f"service {self.pk}"

    @property
    def thing(self) -> str:
        return f"service:{self.pk}"

    @property
    def path(self) -> str:
        return f"/services/{self.uuid}/"
