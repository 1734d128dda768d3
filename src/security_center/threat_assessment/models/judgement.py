"""What the team concludes, and what each of its disciplines thinks of it. Each review makes a judgement of
its own, which starts empty."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField


class Judgement(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    STAYS_AS_COUNT = True

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="judgements")
    number = models.PositiveSmallIntegerField()
    conclusion = models.CharField(max_length=24)  # key of prevention/doctrine/content/conclusions.yaml
    # Key of the case's scheme; the narrative scheme has none
    level = models.CharField(max_length=32, blank=True)
    facts_for = SealedTextField("threat_assessment.Judgement.facts_for")
    facts_against = SealedTextField("threat_assessment.Judgement.facts_against")
    unknowns = SealedTextField("threat_assessment.Judgement.unknowns")
    # What would make the team change its mind
    would_change = SealedTextField("threat_assessment.Judgement.would_change")
    made_at = models.DateTimeField()
    made_by = model_fields.person()
    complete_at = models.DateTimeField(null=True)  # every required discipline has signed

    objects: ClassVar[models.Manager[Judgement]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="one_judgement_per_number"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(complete_at__isnull=True), name="one_open_judgement"
            ),
        ]

    def __str__(self) -> str:
        return f"judgement {self.number}"


class Signature(models.Model):
    """A member's own view. Dissent is kept beside the conclusion, never counted against it."""

    class View(models.TextChoices):
        AGREES = "agrees", _("I agree")
        DISSENTS = "dissents", _("I see it differently")

    uuid = model_fields.own_uuid()
    judgement = models.ForeignKey(Judgement, on_delete=models.CASCADE, related_name="signatures")
    person = model_fields.person()
    disciplines = models.JSONField(default=list)  # those that the member stood for when signing
    view = models.CharField(max_length=8, choices=View.choices)
    text = SealedTextField("threat_assessment.Signature.text", null=True)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Signature]] = ScopedManager(district="judgement__case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["judgement", "person"], name="one_signature_each")
        ]

    def __str__(self) -> str:
        return f"signature {self.pk}"


class Notice(models.Model):
    """Somebody who has to be told (parents, target, target's parents, superintendent, child protection), and
    each attempt."""

    class State(models.TextChoices):
        WANTED = "wanted", _("Still to tell")
        TOLD = "told", _("Told")
        NOT_REACHED = "not_reached", _("Tried, not reached")
        NOT_NEEDED = "not_needed", _("Not needed, with a reason")

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="notices")
    party = models.CharField(max_length=24)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WANTED)
    attempts = models.PositiveSmallIntegerField(default=0)
    note = SealedTextField("threat_assessment.Notice.note", null=True)
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[Notice]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "party"], condition=models.Q(settled_at__isnull=True), name="one_open_notice"
            )
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.state}"
