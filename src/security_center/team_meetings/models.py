"""The team's meetings: how often it meets, one meeting with who was there and its minutes, and what was
decided (step 1 of the plan)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import SealedTextField

if TYPE_CHECKING:
    from datetime import date

ORGANIZATION = "organizations.Organization"


class Rhythm(models.Model):
    """How often a team meets, where it is more often than the plan's rule asks; and schools whose cases are
    met about at the district's meeting."""

    class Every(models.TextChoices):
        MONTH = "month", _("Every month")
        TWO_WEEKS = "two_weeks", _("Every two weeks")
        WEEK = "week", _("Every week")

    place = models.OneToOneField(ORGANIZATION, on_delete=models.CASCADE, related_name="meeting_rhythm")
    district = model_fields.organization()
    every = models.CharField(max_length=10, choices=Every.choices, default=Every.MONTH)
    # One team for the district: this school holds no meeting of its own
    with_district = models.BooleanField(default=False)
    set_at = models.DateTimeField()
    set_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[Rhythm]] = ScopedManager(district="district")

    def __str__(self) -> str:
        return f"{self.place_id} {self.every}"


class Meeting(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        DROPPED = "dropped", _("Called off")

    uuid = model_fields.own_uuid()
    record = models.UUIDField(unique=True)  # the vault's record of the minutes, sealed to the desk
    district = model_fields.organization(db_index=False)
    place = models.ForeignKey(
        ORGANIZATION, on_delete=models.PROTECT, related_name="team_meetings", db_index=False
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    starts_at = models.DateTimeField()
    on_demand = models.BooleanField(default=False)  # called because of a concern, beside the regular ones
    called_at = models.DateTimeField()
    called_by = model_fields.person(null=True)
    settled_at = models.DateTimeField(null=True)  # when it was held to be over, or called off
    settled_by = model_fields.person(null=True)
    end_told_at = models.DateTimeField(null=True)  # marked: the minutes are destroyed a week later
    # Its time was over: minutes and names were destroyed, and that it was held stays
    ended_at = models.DateTimeField(null=True)
    minutes = SealedTextField("threat_assessment.Meeting.minutes", null=True)
    # Counts savings of the minutes: a second writer sees both texts
    version = models.PositiveIntegerField(default=0)
    written_by = model_fields.person(null=True)
    # People who do not sign in here
    others_present = SealedTextField("threat_assessment.Meeting.others_present", null=True)
    reason = SealedTextField("threat_assessment.Meeting.reason", null=True)  # why it was called off

    objects: ClassVar[models.Manager[Meeting]] = ScopedManager(district="district")

    class Meta:
        base_manager_name = "objects"
        indexes: ClassVar = [models.Index(fields=["place", "-starts_at", "-id"], name="meeting_of_place")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="meeting_settled_or_planned",
                condition=models.Q(state="planned", settled_at__isnull=True)
                | ~models.Q(state="planned") & models.Q(settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"meeting {self.pk}"

    @property
    def thing(self) -> str:
        """How the ledger and duties name this meeting."""
        return f"meeting:{self.pk}"

    @property
    def path(self) -> str:
        return f"/team-meetings/{self.uuid}/"

    @property
    def planned(self) -> bool:
        return self.state == self.State.PLANNED

    @property
    def zone(self) -> ZoneInfo:
        return self.place.zone

    @property
    def day(self) -> date:
        """The day of the meeting where it is held."""
        return self.starts_at.astimezone(self.zone).date()


class Attendance(models.Model):
    """That somebody was there, and for which disciplines."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendance")
    person = model_fields.person()
    disciplines = models.JSONField(default=list)  # keys of content/team_rules.yaml

    objects: ClassVar[models.Manager[Attendance]] = ScopedManager(district="meeting__district")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["meeting", "person"], name="there_once")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.meeting_id}"


class Discussed(models.Model):
    """A case at a meeting. What was said of it is sealed under the case, so that its team reads it and nobody
    else who was in the room."""

    STAYS_AS_COUNT = True

    uuid = model_fields.own_uuid()
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="discussed")
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="meetings")
    state = models.CharField(max_length=20)  # of the case, when the meeting was held
    late = models.BooleanField(default=False)
    note = SealedTextField("threat_assessment.Discussed.note", null=True)
    version = models.PositiveIntegerField(default=0)  # counts savings: a second writer sees both texts
    written_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[Discussed]] = ScopedManager(district="meeting__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "case"], name="case_once_a_meeting")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} at {self.meeting_id}"


class Decision(models.Model):
    """What the team decided that somebody does by a day. About a case, its text is sealed under the case."""

    STAYS_AS_COUNT = True

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        WAIVED = "waived", _("Given up, with a reason")

    uuid = model_fields.own_uuid()
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")
    case = models.ForeignKey(
        "threat_assessment.Case", null=True, on_delete=models.CASCADE, related_name="decisions"
    )
    what = SealedTextField("threat_assessment.Decision.what")
    owner = model_fields.person()
    due_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = model_fields.person(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    outcome = SealedTextField("threat_assessment.Decision.outcome", null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[Decision]] = ScopedManager(district="meeting__district")

    def __str__(self) -> str:
        return f"decision {self.pk} {self.state}"

    @property
    def thing(self) -> str:
        """How duties name this decision."""
        return f"decision:{self.pk}"

    @property
    def open(self) -> bool:
        return self.state == self.State.OPEN
