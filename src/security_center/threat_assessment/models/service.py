"""The services to which a district can refer: whom to call, how many places are free, how long one waits
(threat-assessment.md F12: few services, and nobody knew which)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django_scopes import ScopedManager

from security_center.foundation.vault.fields import SealedTextField

PERSON = settings.AUTH_USER_MODEL
ORGANIZATION = "organizations.Organization"


class Service(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.UUIDField(unique=True)
    district = models.ForeignKey(ORGANIZATION, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24)  # key of content/service_kinds.yaml
    name = SealedTextField("threat_assessment.Service.name")
    contact = SealedTextField("threat_assessment.Service.contact", null=True)
    note = SealedTextField("threat_assessment.Service.note", null=True)
    places_free = models.PositiveIntegerField(null=True)  # nothing: nobody knows
    wait_days = models.PositiveIntegerField(null=True)
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
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
