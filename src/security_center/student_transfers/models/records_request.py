"""A student comes from another school: what was asked of it, who there answered what, and that it is not done
before it is (threat-assessment.md F7)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.numbers import new_number
from security_center.foundation.vault.fields import SealedTextField


class Transfer(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    uuid = model_fields.own_uuid()
    number = models.CharField(max_length=8, unique=True, default=new_number)
    record = models.UUIDField(unique=True)
    district = model_fields.organization(db_index=False)
    school = model_fields.organization(db_index=False)
    began_at = models.DateTimeField()
    began_by = model_fields.person()
    first_day = models.DateField(null=True)  # when the student is expected
    completed_at = models.DateTimeField(null=True)
    completed_by = model_fields.person(null=True)
    case = models.OneToOneField(
        "threat_assessment.Case", null=True, on_delete=models.PROTECT, related_name="transfer"
    )

    student = SealedTextField("threat_assessment.Transfer.student")
    student_facts = SealedTextField("threat_assessment.Transfer.student_facts", null=True)
    prior_school = SealedTextField("threat_assessment.Transfer.prior_school")

    objects: ClassVar[models.Manager[Transfer]] = ScopedManager(district="district")

    class Meta:
        base_manager_name = "objects"
        indexes: ClassVar = [models.Index(fields=["school", "-began_at", "-id"], name="transfers_all")]

    def __str__(self) -> str:
        return self.number

    @property
    def thing(self) -> str:
        return f"transfer:{self.number}"

    @property
    def path(self) -> str:
        return f"/cases/transfers/{self.uuid}/"


class TransferItem(models.Model):
    """One thing that is asked of the prior school, and its last answer. Each change of it is in the
    ledger."""

    uuid = model_fields.own_uuid()
    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="items")
    key = models.CharField(max_length=24)  # of content/transfer_checklist.yaml
    answer = models.CharField(max_length=12, blank=True)
    answered_at = models.DateTimeField(null=True)
    # Who wrote it down
    answered_by = model_fields.person(null=True)
    who = SealedTextField("threat_assessment.TransferItem.who", null=True)  # who at the prior school said so
    note = SealedTextField("threat_assessment.TransferItem.note", null=True)

    objects: ClassVar[models.Manager[TransferItem]] = ScopedManager(district="transfer__district")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["transfer", "key"], name="one_item_each")]

    def __str__(self) -> str:
        return f"{self.key} {self.answer}"

    @property
    def settled(self) -> bool:
        """Asked is not answered."""
        return self.answer not in {"", "asked"}
