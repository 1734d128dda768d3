"""What a judgement needs beside its signatures: the steps of a scheme's decision, evaluations, and who
outside the team looks at it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField


class StepAnswer(models.Model):
    """An answer to a step of the decision. Answered anew it is a new row: the last one of a step counts, and
    the way follows it."""

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="step_answers")
    step = models.CharField(max_length=24)  # key of schemes.yaml: cstag_steps
    answer = models.CharField(max_length=8)
    note = SealedTextField("threat_assessment.StepAnswer.note", null=True)
    at = models.DateTimeField()
    by = model_fields.person()

    objects: ClassVar[models.Manager[StepAnswer]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"{self.step} {self.answer}"


class Evaluation(models.Model):
    """Somebody has assessed the student, or looked into it: who, when and what follows."""

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="evaluations")
    kind = models.CharField(max_length=16)  # key of schemes.yaml: evaluations
    note = SealedTextField("threat_assessment.Evaluation.note")
    at = models.DateTimeField()
    by = model_fields.person()

    objects: ClassVar[models.Manager[Evaluation]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class OutsideReview(models.Model):
    """Somebody who is not one of those who judged looks at it, and agrees or sends it back."""

    class Outcome(models.TextChoices):
        AGREES = "agrees", _("Agrees")
        SENT_BACK = "sent_back", _("Sends it back to the team")
        MOOT = "moot", _("Judged anew meanwhile")

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(
        "threat_assessment.Case", on_delete=models.CASCADE, related_name="outside_reviews"
    )
    judgement = models.ForeignKey(
        "threat_assessment.Judgement", null=True, on_delete=models.CASCADE, related_name="outside_reviews"
    )
    kind = models.CharField(max_length=20)  # key of content/outside_reviews.yaml
    asked_at = models.DateTimeField()
    asked_by = model_fields.person(null=True)
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = model_fields.person(null=True)
    note = SealedTextField("threat_assessment.OutsideReview.note", null=True)

    objects: ClassVar[models.Manager[OutsideReview]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=models.Q(outcome=""), name="one_open_outside_review"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome or 'open'}"
