"""What a school is told about a student outside of a report: a notice of law enforcement, or a concern that
somebody says to an adult."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.numbers import new_number
from security_center.foundation.vault.fields import BlindedTokenField, SealedTextField


class Incoming(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    """Written once and never changed: who told it, when, what it says. It becomes a case, or belongs to one;
    a person says which (threat-assessment.md F2, F7)."""

    class Kind(models.TextChoices):
        LAW_ENFORCEMENT = "law_enforcement", _("A notice from law enforcement")
        CONCERN = "concern", _("A concern that somebody told an adult")

    class Outcome(models.TextChoices):
        CASE = "case", _("In a case")
        NO_CASE = "no_case", _("No case, with a reason")

    uuid = model_fields.own_uuid()
    # On the receipt of whoever told it
    number = models.CharField(max_length=8, unique=True, default=new_number)
    record = models.UUIDField(unique=True)
    district = model_fields.organization(db_index=False)
    school = model_fields.organization(db_index=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    life_safety = models.BooleanField(default=False)
    # What law enforcement gave to the school for its own purpose stays apart from the student's records
    # (threat-assessment.md 10.5): no export takes it along.
    law_enforcement_purpose = models.BooleanField(default=False)
    entered_at = models.DateTimeField()
    entered_by = model_fields.person()
    told_at = models.DateTimeField()  # by word of mouth
    written_at = models.DateTimeField(null=True)  # the written notice
    happened_at = models.DateTimeField(null=True)  # the arrest, referral or contact
    due_at = models.DateTimeField()  # by when somebody takes it
    taken_at = models.DateTimeField(null=True)
    taken_by = model_fields.person(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = model_fields.person(null=True)
    case = models.ForeignKey(
        "threat_assessment.Case", null=True, on_delete=models.PROTECT, related_name="incoming"
    )
    seen_at = models.DateTimeField(null=True)  # by the case's team
    # which one it is of the warnings of that day that may be about one student (threat-assessment.md F8)
    warned_again = models.PositiveSmallIntegerField(default=1)

    student = SealedTextField("threat_assessment.Incoming.student", null=True)
    student_facts = SealedTextField("threat_assessment.Incoming.student_facts", null=True)
    says = SealedTextField("threat_assessment.Incoming.says")
    # The officer, or whoever told the adult
    teller = SealedTextField("threat_assessment.Incoming.teller", null=True)
    agency = SealedTextField("threat_assessment.Incoming.agency", null=True)
    incident_number = SealedTextField("threat_assessment.Incoming.incident_number", null=True)
    reason = SealedTextField("threat_assessment.Incoming.reason", null=True)  # why it is no case

    objects: ClassVar[models.Manager[Incoming]] = ScopedManager(district="district")

    class Meta:
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(
                fields=["school", "due_at", "id"],
                name="incoming_open",
                condition=models.Q(settled_at__isnull=True),
            ),
            models.Index(fields=["school", "-entered_at", "-id"], name="incoming_all"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="incoming_settled_by_somebody",
                condition=models.Q(outcome="", settled_by__isnull=True)
                | (~models.Q(outcome="") & models.Q(settled_by__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def thing(self) -> str:
        return f"incoming:{self.number}"

    @property
    def path(self) -> str:
        return f"/cases/incoming/{self.uuid}/"


class StudentToken(models.Model):
    """A keyed digest of a student's name, of a case or of something incoming: it finds what may be about the
    same student. A person confirms it."""

    case = models.ForeignKey(
        "threat_assessment.Case", null=True, on_delete=models.CASCADE, related_name="tokens"
    )
    incoming = models.ForeignKey(Incoming, null=True, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=12)
    token = BlindedTokenField()

    objects: ClassVar[models.Manager[StudentToken]] = ScopedManager(district="district")
    district = model_fields.organization(db_index=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["token"], name="case_student_token")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="token_of_one_thing",
                condition=models.Q(case__isnull=True, incoming__isnull=False)
                | models.Q(case__isnull=False, incoming__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"token {self.pk}"
