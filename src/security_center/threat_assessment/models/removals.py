"""Days out of school. A record of its own, linked to the case and never asked for
(threat-assessment.md 1, P7): it counts, it does not punish."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField


class Removal(models.Model):
    """The student of the case is kept out of class or out of school, from a day to a day."""

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="removals")
    kind = models.CharField(max_length=16)  # key of content/removals.yaml: kinds
    ground = models.CharField(max_length=16, blank=True)  # of an interim setting: key of grounds
    first_day = models.DateField()
    last_day = models.DateField(null=True)  # None: nobody has said yet when it ends
    reason = SealedTextField("threat_assessment.Removal.reason", null=True)
    added_at = models.DateTimeField()
    added_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[Removal]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="removal_ends_after_it_began",
                condition=models.Q(last_day__isnull=True) | models.Q(last_day__gte=models.F("first_day")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_day}"


class PlacementQuestion(models.Model):
    """What the days out of school make somebody answer: the alarm before the limit, and the review of the
    change of placement."""

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(
        "threat_assessment.Case", on_delete=models.CASCADE, related_name="placement_questions"
    )
    kind = models.CharField(max_length=16)  # key of content/removals.yaml: questions
    school_year = models.PositiveSmallIntegerField()  # the year in which it began
    days = models.PositiveSmallIntegerField()  # school days out of school when it was raised
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.CharField(max_length=16, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = model_fields.person(null=True)
    note = SealedTextField("threat_assessment.PlacementQuestion.note", null=True)

    objects: ClassVar[models.Manager[PlacementQuestion]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=models.Q(answer=""), name="one_open_placement_question"
            ),
            models.CheckConstraint(
                name="placement_answered_by_somebody",
                condition=models.Q(answer="", answered_by__isnull=True)
                | (~models.Q(answer="") & models.Q(answered_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.answer or 'open'}"
