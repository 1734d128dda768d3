"""Messages on screen, their ways out (deliveries), and the test alerts that prove a mailbox is read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Organization, Person

from . import channels, kinds


class Message(models.Model):
    """ "You have a duty", to one person. The kind gives the sentence; nothing that a reporter or a reader
    typed is here."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=64)
    urgency = models.CharField(max_length=4, blank=True)
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    duty_id = models.BigIntegerField(null=True, blank=True)
    path = models.CharField(max_length=200, blank=True)
    extra = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "-id"], name="message_inbox"),
            models.Index(fields=["person"], condition=models.Q(read_at__isnull=True), name="message_unread"),
            models.Index(fields=["organization", "created_at"], name="message_volume"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    def _values(self) -> dict[str, str]:
        values = {key: str(value) for key, value in self.extra.items()}
        if self.organization is not None:
            values["organization"] = self.organization.name
        return values

    @property
    def subject(self) -> str:
        return kinds.completed(kinds.get(self.kind).subject, self._values())

    @property
    def line(self) -> str:
        return kinds.completed(kinds.get(self.kind).line, self._values())


class Delivery(models.Model):
    """One way that a message leaves by."""

    SCREEN: ClassVar = (
        "screen"  # beside the channels: a test alert that was confirmed where no channel was set up
    )

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent, will be tried again")
        GIVEN_UP = "given_up", _("Not sent, given up")
        NOT_CONFIGURED = "not_configured", _("Not sent: no mail server is set up")

    # From which state a delivery may go to which.
    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.QUEUED: frozenset({State.SENT, State.FAILED, State.GIVEN_UP, State.NOT_CONFIGURED}),
        State.FAILED: frozenset({State.SENT, State.FAILED, State.GIVEN_UP, State.NOT_CONFIGURED}),
        State.SENT: frozenset(),
        State.GIVEN_UP: frozenset(),
        State.NOT_CONFIGURED: frozenset(),
    }

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=40)  # a folder of channels/
    # If not the person's own of now: the one that was theirs until it was changed
    address = models.EmailField(blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    last_error_code = models.CharField(max_length=40, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "channel"], name="one_delivery_per_channel")
        ]
        indexes: ClassVar = [
            models.Index(fields=["state"], condition=~models.Q(state="sent"), name="delivery_unsent"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk} ({self.state})"


class TestAlert(models.Model):
    """A message with a one-time link. Opening it and pressing its button proves that somebody reads that
    mailbox."""

    __test__ = False  # a noun of the field, not a test case

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="test_alerts")
    delivery = models.OneToOneField(
        Delivery, null=True, blank=True, on_delete=models.SET_NULL, related_name="test_alert"
    )
    channel = models.CharField(max_length=40, default=channels.EMAIL)
    sent_at = models.DateTimeField()
    token_digest = models.BinaryField(max_length=32, unique=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "confirmed_at"], name="test_alert_confirmed")]

    def __str__(self) -> str:
        return f"test alert {self.pk}"

    @property
    def by(self) -> str | Promise:
        """The way that it took, in words."""
        channel = channels.get(self.channel)
        return _("on the screen") if channel is None else channel.transport.LABEL
