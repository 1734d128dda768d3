"""The management plan: actions with owners and backups, daily confirmations, reviews, closure."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField


class Plan(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    uuid = model_fields.own_uuid()
    case = models.OneToOneField("threat_assessment.Case", on_delete=models.CASCADE, related_name="plan")
    goal = SealedTextField("threat_assessment.Plan.goal")
    # What the team would take as a sign that it gets worse
    raises_concern = SealedTextField("threat_assessment.Plan.raises_concern")
    lowers_concern = SealedTextField("threat_assessment.Plan.lowers_concern")
    out_of_hours = SealedTextField("threat_assessment.Plan.out_of_hours", null=True)  # whom to call
    # Counts savings of the words: a second writer sees both texts
    version = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = model_fields.person()
    approved_at = models.DateTimeField(null=True)
    approved_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[Plan]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"plan {self.pk}"


class Action(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        WAIVED = "waived", _("Given up, with a reason")

    uuid = model_fields.own_uuid()
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="actions")
    # "category.option" of prevention/doctrine/content/plan_options.yaml
    option = models.CharField(max_length=48)
    what = SealedTextField("threat_assessment.Action.what")
    owner = model_fields.person()
    backup = model_fields.person()
    # A search has two who step in (threat-assessment.md 9.2, F11); of others it may be empty
    second_backup = model_fields.person(null=True)
    due_on = models.DateField()
    # Confirmed each school day; silence rings (threat-assessment.md F11)
    daily = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    evidence = SealedTextField("threat_assessment.Action.evidence", null=True)
    added_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[Action]] = ScopedManager(district="plan__case__district")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="backup_is_another", condition=~models.Q(owner=models.F("backup"))),
            models.CheckConstraint(
                name="second_backup_is_another",
                condition=models.Q(second_backup=None)
                | (~models.Q(second_backup=models.F("owner")) & ~models.Q(second_backup=models.F("backup"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.option} {self.state}"

    @property
    def named(self) -> list[Any]:
        """Who does it, then who steps in."""
        return [one for one in (self.owner, self.backup, self.second_backup) if one is not None]


class Confirmation(models.Model):
    """That a daily action was done on a day, by whom."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="confirmations")
    day = models.DateField()
    by = model_fields.person()
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Confirmation]] = ScopedManager(district="action__plan__case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["action", "day"], name="one_confirmation_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.day}"


class Review(models.Model):
    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="reviews")
    at = models.DateTimeField()
    by = model_fields.person()
    judgement = models.ForeignKey(
        "threat_assessment.Judgement", null=True, on_delete=models.PROTECT, related_name="+"
    )
    text = SealedTextField("threat_assessment.Review.text")
    next_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Review]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"review {self.pk}"


class Closure(models.Model):
    """A wish to close for a reason. It happens when another discipline agrees and every gate is met."""

    STAYS_AS_COUNT = True

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="closures")
    reason = models.CharField(max_length=32)  # key of content/close_reasons.yaml
    # Where it is the same as another: the open case in which it goes on.
    same_as = models.ForeignKey(
        "threat_assessment.Case", null=True, on_delete=models.PROTECT, related_name="merged", db_index=False
    )
    text = SealedTextField("threat_assessment.Closure.text")
    asked_by = model_fields.person()
    asked_as = models.JSONField(default=list)  # disciplines
    asked_at = models.DateTimeField()
    agreed_by = model_fields.person(null=True)
    agreed_as = models.JSONField(default=list)
    agreed_at = models.DateTimeField(null=True)
    refused = models.BooleanField(default=False)
    summary = models.BooleanField(default=False)  # by the chair alone, as a scheme lets them
    answer = SealedTextField("threat_assessment.Closure.answer", null=True)

    objects: ClassVar[models.Manager[Closure]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(agreed_at__isnull=True, refused=False),
                name="one_open_closure",
            ),
            models.CheckConstraint(
                name="closed_by_two",
                condition=models.Q(agreed_by__isnull=True) | ~models.Q(agreed_by=models.F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"closure {self.pk}"
