"""The student leaves, and the case goes along: what each departure asks for, and the handing over of a case
to another school."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField


class Departure(models.Model):
    """The student was suspended, withdrew, is in hospital … It closes nothing: how contact is kept is
    planned, and the team looks again (threat-assessment.md F9)."""

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="departures")
    kind = models.CharField(max_length=16)  # key of content/plan_rules.yaml: departures
    note = SealedTextField("threat_assessment.Departure.note")
    at = models.DateTimeField()
    by = model_fields.person()
    # Who keeps contact and how, in words
    contact = SealedTextField("threat_assessment.Departure.contact", null=True)
    contact_owner = model_fields.person(null=True)
    contact_backup = model_fields.person(null=True)
    contact_at = models.DateTimeField(null=True)
    # What it changes, as the team sees it
    looked_again = SealedTextField("threat_assessment.Departure.looked_again", null=True)
    looked_again_at = models.DateTimeField(null=True)
    looked_again_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[Departure]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Handoff(models.Model):
    """A school hands a case to another. It stays the giver's until the receiver has taken it on by name.

    Within a district the case itself moves; a school of another district opens a case of its own
    (`successor`) and reads the packet; of a school outside the system it is written down who took it on. What
    is sent is sealed in a record of its own, to the desks of both ends."""

    # A packet that opened a case in another district is that case's history, and goes with the later of the
    # two.
    STAYS_WHERE = models.Q(successor__isnull=False)

    class Outcome(models.TextChoices):
        ACKNOWLEDGED = "acknowledged"
        DECLINED = "declined"
        TAKEN_BACK = "taken_back"

    uuid = model_fields.own_uuid()
    record = models.UUIDField(unique=True)
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="handoffs")
    round = models.PositiveSmallIntegerField()
    from_school = model_fields.organization()
    # None: outside the system
    to_school = model_fields.organization(null=True)
    came_from = models.CharField(max_length=20)  # the state to which the case returns
    parts = models.JSONField(default=list)  # keys of content/handoff_packet.yaml
    asked_at = models.DateTimeField()
    asked_by = model_fields.person()
    sent_at = models.DateTimeField(null=True)
    sent_by = model_fields.person(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = model_fields.person(null=True)
    successor = models.OneToOneField(
        "threat_assessment.Case", null=True, on_delete=models.PROTECT, related_name="handed_from"
    )

    # Whom the receiver has to expect
    student = SealedTextField("threat_assessment.Handoff.student", null=True)
    outside_school = SealedTextField("threat_assessment.Handoff.outside_school", null=True)
    note = SealedTextField("threat_assessment.Handoff.note", null=True)  # what the receiver has to know first
    packet = SealedTextField("threat_assessment.Handoff.packet", null=True)
    # Why it was declined; of a school outside: who took it on, when and how
    answer = SealedTextField("threat_assessment.Handoff.answer", null=True)

    # The giver's district. The receiver's people reach it through queries.handoffs, which asks where it goes.
    objects: ClassVar[models.Manager[Handoff]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ended_at__isnull=True), name="one_open_case_handoff"
            ),
            models.CheckConstraint(
                name="handed_to_another", condition=~models.Q(from_school=models.F("to_school"))
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["to_school"], name="handoff_waiting", condition=models.Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"handoff {self.pk}"

    @property
    def path(self) -> str:
        return f"/cases/handoffs/{self.uuid}/"

    @property
    def sent(self) -> bool:
        return self.sent_at is not None

    @property
    def acknowledged(self) -> bool:
        return self.outcome == self.Outcome.ACKNOWLEDGED

    def read_elsewhere(self) -> bool:
        return self.successor is not None and self.successor.expunged_at is None
