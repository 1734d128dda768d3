"""Whether each student has an adult at school whom they trust (step 7 of the plan). Adults say so; no student
is asked, and nothing is worked out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField

ORGANIZATION = "organizations.Organization"


class Check(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    """One round at one school: twice a year each student is thought of."""

    uuid = model_fields.own_uuid()
    record = models.UUIDField(unique=True)  # the vault's record of the names in it
    district = model_fields.organization()
    school = models.ForeignKey(ORGANIZATION, on_delete=models.PROTECT, related_name="connectedness_checks")
    half = models.CharField(max_length=6)  # "2026-1" until June, "2026-2" from July
    begun_at = models.DateTimeField()
    begun_by = model_fields.person(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[Check]] = ScopedManager(district="district")

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "half"], name="one_check_each_half_year")
        ]

    def __str__(self) -> str:
        return f"check {self.pk}"

    @property
    def thing(self) -> str:
        return f"connectedness:{self.pk}"

    @property
    def path(self) -> str:
        return f"/connectedness/{self.uuid}/"


class TrustedAdult(models.Model):
    """That a student has an adult: somebody who signs in here, or another by name. Nothing else is kept of
    the student."""

    uuid = model_fields.own_uuid()
    check_round = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="adults")
    student = models.ForeignKey("students.Student", on_delete=models.CASCADE, related_name="+")
    person = model_fields.person(null=True)
    name = SealedTextField("prevention.TrustedAdult.name", null=True)
    marked_at = models.DateTimeField()
    marked_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[TrustedAdult]] = ScopedManager(district="check_round__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["check_round", "student", "person"],
                condition=models.Q(person__isnull=False),
                name="adult_once",
            ),
            models.CheckConstraint(
                name="adult_is_somebody",
                condition=models.Q(person__isnull=False) | models.Q(name__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"adult of {self.student_id}"
