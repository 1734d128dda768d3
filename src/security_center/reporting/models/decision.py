"""What people decide: dispositions, second readers' decisions, hand-overs between desks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField


class Disposition(models.Model):
    """A written decision: what was done, how far it holds, and on what basis. An interim one leaves the
    report open."""

    class Validity(models.TextChoices):
        SUBSTANTIATED = "substantiated", _("Substantiated")
        PLAUSIBLE = "plausible", _("Plausible")
        UNSUBSTANTIATED = "unsubstantiated", _("Unsubstantiated")
        MISTAKEN = "mistaken", _("Mistaken, in good faith")
        KNOWINGLY_FALSE = "knowingly_false", _("Knowingly false")

    uuid = model_fields.own_uuid()
    report = models.ForeignKey("reporting.Report", on_delete=models.CASCADE, related_name="dispositions")
    by = model_fields.person()
    at = models.DateTimeField()
    interim = models.BooleanField()
    actions = models.JSONField(default=list)
    validity = models.CharField(max_length=16, choices=Validity.choices)
    # The written basis: what was looked at, earlier reports included
    considered = SealedTextField("reporting.Disposition.considered")

    objects: ClassVar[models.Manager[Disposition]] = ScopedManager(district="report__district")

    def __str__(self) -> str:
        return f"disposition {self.pk}"


class Approval(models.Model):
    """One reader asks, a second one decides. Nothing changes until then."""

    class Kind(models.TextChoices):
        LOWER_URGENCY = "lower_urgency", _("Lower the urgency")
        CLOSE = "close", _("Close the report")
        KNOWINGLY_FALSE = "knowingly_false", _("Call it knowingly false")

    class Decision(models.TextChoices):
        WAITING = "waiting", _("Waiting for a second reader")
        AGREED = "agreed", _("Agreed")
        REFUSED = "refused", _("Refused")

    uuid = model_fields.own_uuid()
    report = models.ForeignKey("reporting.Report", on_delete=models.CASCADE, related_name="approvals")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    # Codes only: the urgency asked for, the disposition's id and its validity, the asker's disciplines
    payload = models.JSONField(default=dict)
    asked_by = model_fields.person()
    asked_at = models.DateTimeField()
    reason = SealedTextField("reporting.Approval.reason")
    decision = models.CharField(max_length=8, choices=Decision.choices, default=Decision.WAITING)
    decided_by = model_fields.person(null=True)
    decided_at = models.DateTimeField(null=True)
    answer = SealedTextField("reporting.Approval.answer", null=True)

    objects: ClassVar[models.Manager[Approval]] = ScopedManager(district="report__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "kind"], condition=models.Q(decision="waiting"), name="one_waiting_approval"
            ),
            models.CheckConstraint(
                name="two_different_people",
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"approval {self.pk}"


class Handoff(models.Model):
    """One desk gives a report to another. The report stays the giver's duty until the receiver acknowledges;
    only then may the receiver read it."""

    uuid = model_fields.own_uuid()
    report = models.ForeignKey("reporting.Report", on_delete=models.CASCADE, related_name="handoffs")
    from_desk = model_fields.organization()
    to_desk = model_fields.organization()
    to_district = model_fields.organization()
    by = model_fields.person()
    at = models.DateTimeField()
    reason = SealedTextField("reporting.Handoff.reason")
    acknowledged_by = model_fields.person(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    # The receiver's district: a hand-over crosses districts, and the receiver sees it before the report is
    # theirs.
    objects: ClassVar[models.Manager[Handoff]] = ScopedManager(district="to_district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report"], condition=models.Q(acknowledged_at__isnull=True), name="one_open_handoff"
            )
        ]

    def __str__(self) -> str:
        return f"handoff {self.pk}"
