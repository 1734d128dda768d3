"""The imminent path: containment first. Each press is one row; what it means is in
prevention/doctrine/content/lifecycle.yaml."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField


class ContainmentStep(models.Model):
    """Somebody presses that 911 was called, the student was found, and so on: who and when, and a note."""

    class Kind(models.TextChoices):
        CALLED_911 = "called_911", _("911 called")
        CALLED_SRO = "called_sro", _("Officer called")
        LOCATED = "located", _("Student found")
        SECURED = "secured", _("With an adult")
        SEARCHED = "searched", _("Bag and locker searched")
        LOCKDOWN = "lockdown", _("Lockdown decided")
        STOOD_DOWN = "stood_down", _("Danger is over")

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(
        "threat_assessment.Case", on_delete=models.CASCADE, related_name="containment_steps"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    by = model_fields.person()
    note = SealedTextField("threat_assessment.Press.note", null=True)

    text_kind = "press"  # its first name, which stored tags of its texts begin with

    objects: ClassVar[models.Manager[ContainmentStep]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class LawEnforcementDecision(models.Model):
    """Whether the police are told, for one row of the threshold (threat-assessment.md 5). "Not notified" has
    a decider and a reason too."""

    class Outcome(models.TextChoices):
        NOTIFIED = "notified", _("Notified")
        NOT_NOTIFIED = "not_notified", _("Not notified")

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(
        "threat_assessment.Case", on_delete=models.CASCADE, related_name="law_enforcement"
    )
    threshold = models.CharField(max_length=24)  # key of content/le_threshold.yaml
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=14, choices=Outcome.choices, blank=True)
    decided_by = model_fields.person(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = SealedTextField("threat_assessment.LawEnforcementDecision.reason", null=True)
    agency = SealedTextField("threat_assessment.LawEnforcementDecision.agency", null=True)
    officer = SealedTextField("threat_assessment.LawEnforcementDecision.officer", null=True)
    incident_number = SealedTextField("threat_assessment.LawEnforcementDecision.incident_number", null=True)
    acknowledged_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[LawEnforcementDecision]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "threshold"], condition=models.Q(outcome=""), name="one_open_threshold"
            ),
            models.CheckConstraint(
                name="decided_by_somebody",
                condition=models.Q(outcome="", decided_by__isnull=True)
                | (~models.Q(outcome="") & models.Q(decided_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.threshold} {self.outcome or 'open'}"
