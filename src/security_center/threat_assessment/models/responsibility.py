"""Who answers for a case and when it may rest: the lead asked of somebody, and the days on which a case
waits."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField


class LeadOffer(models.Model):
    """Somebody is asked to lead. Until they take it on, whoever leads now stays responsible."""

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="lead_offers")
    before = model_fields.person()
    to = model_fields.person()
    asked_by = model_fields.person()
    asked_at = models.DateTimeField()
    emergency = models.BooleanField(default=False)  # asked by somebody who oversees, not by the lead
    reason = SealedTextField("threat_assessment.LeadOffer.reason", null=True)
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # taken on, declined or taken back
    answer = SealedTextField("threat_assessment.LeadOffer.answer", null=True)

    objects: ClassVar[models.Manager[LeadOffer]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ended_at__isnull=True), name="one_open_lead_offer"
            ),
            models.CheckConstraint(name="lead_is_another", condition=~models.Q(before=models.F("to"))),
        ]

    def __str__(self) -> str:
        return f"lead of {self.case_id} to {self.to_id}"


class Hold(models.Model):
    """The case waits for something, a few school days at most. It is no state: the case stays where it is,
    and somebody still owes its end."""

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="holds")
    reason = SealedTextField("threat_assessment.Hold.reason")
    days = models.PositiveSmallIntegerField()  # school days
    asked_by = model_fields.person()
    asked_as = models.JSONField(default=list)  # disciplines
    asked_at = models.DateTimeField()
    # The second of two in a row needs somebody
    agreed_by = model_fields.person(null=True)
    began_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    due_before = models.DateTimeField(null=True)  # the clock that was stopped
    ended_at = models.DateTimeField(null=True)
    ended_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[Hold]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ended_at__isnull=True), name="one_hold_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"
