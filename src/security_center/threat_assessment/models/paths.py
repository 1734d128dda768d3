"""The steps of the paths beside an assessment: self-harm, and the duty to report abuse or neglect, which is
each person's own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField


class PathStep(models.Model):
    class Suspected(models.TextChoices):
        PARENT = "parent", _("A parent or guardian")
        OTHER = "other", _("Somebody else")
        UNKNOWN = "unknown", _("Not known")

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="path_steps")
    path = models.CharField(max_length=12)  # key of content/paths.yaml
    step = models.CharField(max_length=20)
    # Whose own duty it is; nobody does it for them
    person = model_fields.person(null=True)
    pressed = models.BooleanField(default=False)  # somebody said so; otherwise an answer or a word started it
    suspected = models.CharField(max_length=8, choices=Suspected.choices, blank=True)
    raised_at = models.DateTimeField()
    raised_by = model_fields.person(null=True)
    due_at = models.DateTimeField()
    answer = models.CharField(max_length=16, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = model_fields.person(null=True)
    agency = SealedTextField("threat_assessment.PathStep.agency", null=True)
    called_when = SealedTextField("threat_assessment.PathStep.called_when", null=True)
    reference = SealedTextField("threat_assessment.PathStep.reference", null=True)
    note = SealedTextField("threat_assessment.PathStep.note", null=True)

    objects: ClassVar[models.Manager[PathStep]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "path", "step"],
                condition=models.Q(answer="", person__isnull=True),
                name="one_open_path_step",
            ),
            models.UniqueConstraint(
                fields=["case", "path", "step", "person"],
                condition=models.Q(answer="", person__isnull=False),
                name="one_open_path_step_each",
            ),
            models.CheckConstraint(
                name="a_personal_step_is_done_by_that_person",
                condition=models.Q(person__isnull=True)
                | models.Q(answered_by__isnull=True)
                | models.Q(answered_by=models.F("person")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path}.{self.step} {self.answer or 'open'}"


class AgencyAnswer(models.Model):
    """What the agency said about telling the parents, of whom one is suspected. It counts once a second
    member, of another discipline, agrees."""

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(
        "threat_assessment.Case", on_delete=models.CASCADE, related_name="agency_answers"
    )
    who = SealedTextField("threat_assessment.AgencyAnswer.who")
    text = SealedTextField("threat_assessment.AgencyAnswer.text")
    noted_by = model_fields.person()
    noted_as = models.JSONField(default=list)  # disciplines
    noted_at = models.DateTimeField()
    agreed = models.BooleanField(null=True)
    answered_by = model_fields.person(null=True)
    answered_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[AgencyAnswer]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(agreed__isnull=True), name="one_waiting_agency_answer"
            ),
            models.CheckConstraint(
                name="two_people_lift_the_shield", condition=~models.Q(answered_by=models.F("noted_by"))
            ),
        ]

    def __str__(self) -> str:
        return f"agency answer {self.pk}"
