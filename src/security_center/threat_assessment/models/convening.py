"""A team that was called together by what somebody answered, and the decision that a student goes back to
class (threat-assessment.md F1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField

if TYPE_CHECKING:
    from security_center.foundation.organizations.models import Person

PERSON = settings.AUTH_USER_MODEL


class Convening(models.Model):
    """The members of the case are called to meet today. Held when somebody writes down who was there and what
    came of it."""

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="convenings")
    trigger = models.CharField(max_length=16)  # key of content/triggers.yaml
    called_at = models.DateTimeField()
    # Who gave the answer that called it
    called_by = model_fields.person(null=True)
    due_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    held_by = model_fields.person(null=True)
    present: models.ManyToManyField[Person, models.Model] = models.ManyToManyField(PERSON, related_name="+")
    note = SealedTextField("threat_assessment.Convening.note", null=True)

    objects: ClassVar[models.Manager[Convening]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(held_at__isnull=True), name="one_open_convening"
            )
        ]

    def __str__(self) -> str:
        return f"{self.trigger} {self.called_at}"


class ClassReturn(models.Model):
    """The student stays with an adult until it is decided whether they go back to class."""

    class Outcome(models.TextChoices):
        RETURNED = "returned", _("Goes back to class")
        KEPT_OUT = "kept_out", _("Does not go back to class now")

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="class_returns")
    trigger = models.CharField(max_length=16)  # key of content/triggers.yaml
    raised_at = models.DateTimeField()
    raised_by = model_fields.person(null=True)
    due_at = models.DateTimeField()
    search = models.CharField(max_length=16, blank=True)  # key of content/triggers.yaml: searches
    # Whether the student can get a weapon elsewhere: yes, no, unknown
    weapon_known = models.CharField(max_length=8, blank=True)
    # Who answered
    searched_by = model_fields.person(null=True)
    note = SealedTextField("threat_assessment.ClassReturn.note", null=True)
    administrator = model_fields.person(null=True)
    administrator_at = models.DateTimeField(null=True)
    officer = model_fields.person(null=True)
    officer_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = model_fields.person(null=True)
    reason = SealedTextField("threat_assessment.ClassReturn.reason", null=True)

    objects: ClassVar[models.Manager[ClassReturn]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(outcome=""), name="one_open_class_return"
            ),
            models.CheckConstraint(
                name="nobody_returns_on_one_persons_word",
                condition=~models.Q(outcome="returned")
                | models.Q(administrator__isnull=False, officer__isnull=False)
                & ~models.Q(administrator=models.F("officer")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trigger} {self.outcome or 'open'}"
