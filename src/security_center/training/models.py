"""Who was trained in what, until when it counts (step 8 of the plan)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import BlindedTokenField, SealedTextField

PERSON = settings.AUTH_USER_MODEL
ORGANIZATION = "organizations.Organization"


class TrainingRule(models.Model):
    """From which day a district lets nobody onto a team whose training does not count any more. Without a row
    it only warns."""

    district = models.OneToOneField(ORGANIZATION, on_delete=models.CASCADE, related_name="training_rule")
    required_from = models.DateField()
    set_at = models.DateTimeField()
    set_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[TrainingRule]] = ScopedManager(district="district")

    def __str__(self) -> str:
        return f"training rule {self.district_id}"


class TrainingRegister(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    """The vault's record under which a place keeps the names in its training records."""

    place = models.OneToOneField(ORGANIZATION, on_delete=models.CASCADE, related_name="training_register")
    district = model_fields.organization()
    record = models.UUIDField(unique=True)

    objects: ClassVar[models.Manager[TrainingRegister]] = ScopedManager(district="district")

    def __str__(self) -> str:
        return f"training register {self.place_id}"


class TrainingRecord(models.Model):
    """One training of one person who signs in here, of one other member of staff by name, or of a group with
    how many of how many."""

    class Of(models.TextChoices):
        PERSON = "person", _("Somebody who signs in here")
        STAFF = "staff", _("Another member of staff")
        GROUP = "group", _("A group")

    uuid = model_fields.own_uuid()
    register = models.ForeignKey(TrainingRegister, on_delete=models.PROTECT, related_name="records")
    kind = models.CharField(max_length=24)  # key of content/training_kinds.yaml
    of = models.CharField(max_length=8, choices=Of.choices)
    person = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="trainings")
    # Of a member of staff, or of the group
    name = SealedTextField("prevention.TrainingRecord.name", null=True)
    token = BlindedTokenField(null=True)  # of that name: finds the same one again
    trained = models.PositiveIntegerField(default=1)
    out_of = models.PositiveIntegerField(default=1)
    trained_on = models.DateField()
    expires_on = models.DateField()
    end_told_at = models.DateTimeField(null=True)  # marked: it is destroyed a week later
    trainer = SealedTextField("prevention.TrainingRecord.trainer", null=True)
    entered_at = models.DateTimeField()
    entered_by = model_fields.person(null=True)
    # Entered by mistake: it counts no more, and stays in the ledger
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[TrainingRecord]] = ScopedManager(district="register__district")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["register", "kind", "-trained_on"], name="training_of_place"),
            models.Index(fields=["person", "kind"], name="training_of_person"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="trained_somebody",
                condition=models.Q(of="person", person__isnull=False)
                | (~models.Q(of="person") & models.Q(person__isnull=True, name__isnull=False)),
            ),
            models.CheckConstraint(
                name="trained_of_how_many",
                condition=models.Q(trained__lte=models.F("out_of")) & models.Q(out_of__gte=1),
            ),
            models.CheckConstraint(
                name="training_ends_after_it", condition=models.Q(expires_on__gt=models.F("trained_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"training {self.pk}"
