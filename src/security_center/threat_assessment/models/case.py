"""A case: what is known in the clear about it, who may see it, and how it moved through its states."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.clock import now
from security_center.foundation.numbers import new_number
from security_center.foundation.vault.fields import SealedTextField
from security_center.prevention.case_rules import CaseRules
from security_center.prevention.queries import case_rules

if TYPE_CHECKING:
    from datetime import date, datetime

# What duties about practice cases are about: no list of what is late shows them to anybody but their team.
PRACTICE = "practice"


class State(models.TextChoices):
    INTAKE = "intake", _("Intake")
    SCREENING = "screening", _("Screening")
    IMMINENT = "imminent_response", _("Imminent response")
    ASSESSING = "assessing", _("Assessing")
    CLASSIFIED = "classified", _("Judged")
    MANAGING = "managing", _("Managing")
    MONITORING = "monitoring", _("Monitoring")
    HANDOFF = "handoff", _("Handing over")
    CLOSED = "closed", _("Closed")


class Case(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    class Origin(models.TextChoices):
        REPORT = "report", _("A report")
        STAFF = "staff", _("A concern of staff")
        LAW_ENFORCEMENT = "law_enforcement", _("A notice from law enforcement")
        TRANSFER = "transfer", _("A student who came from another school")

    # The one transition table (threat-assessment.md 14). All but "closed" may become "imminent_response".
    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.INTAKE: frozenset({State.SCREENING, State.IMMINENT}),
        State.SCREENING: frozenset({State.ASSESSING, State.IMMINENT, State.CLOSED}),
        State.IMMINENT: frozenset(
            {
                State.SCREENING,
                State.ASSESSING,
                State.CLASSIFIED,
                State.MANAGING,
                State.MONITORING,
                State.HANDOFF,
            }
        ),
        State.ASSESSING: frozenset({State.CLASSIFIED, State.HANDOFF, State.IMMINENT}),
        State.CLASSIFIED: frozenset(
            {State.ASSESSING, State.MANAGING, State.HANDOFF, State.IMMINENT, State.CLOSED}
        ),
        State.MANAGING: frozenset({State.ASSESSING, State.MONITORING, State.HANDOFF, State.IMMINENT}),
        State.MONITORING: frozenset(
            {State.ASSESSING, State.MANAGING, State.HANDOFF, State.IMMINENT, State.CLOSED}
        ),
        # Back to where it was handed over from, with a verb of its own.
        State.HANDOFF: frozenset(
            {
                State.ASSESSING,
                State.CLASSIFIED,
                State.MANAGING,
                State.MONITORING,
                State.IMMINENT,
                State.CLOSED,
            }
        ),
        State.CLOSED: frozenset({State.SCREENING}),
    }
    # The states in which a person may hand it to another school; back from danger it may return to where it
    # waits for one.
    HANDED_OVER_FROM: ClassVar = frozenset(
        {State.ASSESSING, State.CLASSIFIED, State.MANAGING, State.MONITORING}
    )

    uuid = model_fields.own_uuid()
    record = models.UUIDField(unique=True)  # the vault's record that holds this case's data key
    number = models.CharField(max_length=8, unique=True, default=new_number)
    district = model_fields.organization(db_index=False)
    school = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="cases", db_index=False
    )
    origin = models.CharField(max_length=16, choices=Origin.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.INTAKE)
    # Where the case goes on after containment
    before_imminent = models.CharField(max_length=20, choices=State.choices, blank=True)
    lead = model_fields.person(db_index=False)
    # Key of prevention/doctrine/content/team_rules.yaml: which disciplines have to sign
    rule_set = models.CharField(max_length=12)
    # Key of prevention/doctrine/content/schemes.yaml, as the plan named it when the case was opened
    scheme = models.CharField(max_length=12)
    # The version of the school's plan that the case was opened under, and keeps: its clocks, thresholds and
    # options. None: the doctrine's own hold.
    plan_version = models.ForeignKey(
        "prevention.Plan", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Somebody's life may be in danger: the first clock is minutes, not hours
    life_safety = models.BooleanField(default=False)
    # Two identifiers were compared by a person; otherwise the search is a duty
    known_subject = models.BooleanField(default=False)
    # words of killing or a weapon were said: a low judgement is looked at from outside
    # (threat-assessment.md F4)
    grave_words = models.BooleanField(default=False)
    practice = models.BooleanField(default=False)  # a practice case stands in no figure
    # Confirmed by a person
    student = models.ForeignKey("students.Student", null=True, on_delete=models.PROTECT, related_name="+")
    # The student had an IEP or a 504 plan when they were confirmed
    special_education = models.BooleanField(default=False)
    # Codes of what the person compared to be sure who it is
    subject_compared = models.JSONField(default=list)
    subject_set_by = model_fields.person(null=True, db_index=False)
    subject_set_at = models.DateTimeField(null=True)

    subject_name = SealedTextField("threat_assessment.Case.subject_name", null=True)
    # Identifier, birth date, grade and the like, as typed
    subject_facts = SealedTextField("threat_assessment.Case.subject_facts", null=True)
    # What the concern is, in the opener's words; a report is cited by its number, never copied
    concern = SealedTextField("threat_assessment.Case.concern")

    opened_at = models.DateTimeField()
    opened_by = model_fields.person(null=True, db_index=False)
    state_since = models.DateTimeField()
    # When the state's clock runs out (prevention/doctrine/content/lifecycle.yaml)
    state_due = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)  # it waits for something (models.responsibility.Hold)
    imminent_since = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = model_fields.person(null=True, db_index=False)
    close_reason = models.CharField(max_length=32, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    # When a closed case is destroyed; set when it closes, shown on its page
    keep_until = models.DateField(null=True)
    end_told_at = models.DateTimeField(null=True)  # the lead was told that the end is near
    expunged_at = models.DateTimeField(null=True)  # nothing can be read any more; the row stays as the count

    objects: ClassVar[models.Manager[Case]] = ScopedManager(district="district")

    class Meta:
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(
                fields=["school", "state_due", "id"],
                name="case_open_school",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["district", "state_due", "id"],
                name="case_open_district",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(fields=["school", "-opened_at", "-id"], name="case_all_school"),
            models.Index(fields=["district", "-opened_at", "-id"], name="case_all_district"),
            models.Index(
                fields=["held_until"], name="case_held", condition=models.Q(held_until__isnull=False)
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="case_closed_with_reason",
                condition=models.Q(state="closed", closed_at__isnull=False) & ~models.Q(close_reason="")
                | ~models.Q(state="closed") & models.Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def thing(self) -> str:
        """How the ledger and duties name this case."""
        return f"{PRACTICE if self.practice else 'case'}:{self.number}"

    @property
    def path(self) -> str:
        return f"/cases/{self.number}/"

    @property
    def open(self) -> bool:
        return self.closed_at is None

    def is_late(self, at: datetime | None = None) -> bool:
        """Computed when read, so that it holds while the worker is down."""
        return self.closed_at is None and self.state_due is not None and self.state_due < (at or now())

    @cached_property
    def rules(self) -> CaseRules:
        """What the plan that this case was opened under says: asked here, never of the doctrine alone."""
        return case_rules(self.plan_version)

    @property
    def round(self) -> int:
        """Which time the case is worked on: a case that is opened again is screened anew."""
        return self.reopened + 1

    @property
    def zone(self) -> ZoneInfo:
        return self.school.zone

    def today(self) -> date:
        """The day it is at the school."""
        return self.school.today()


class CaseReport(models.Model):
    """A report that this case rests on, by its number. Its text stays in its own record."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports")
    report_number = models.CharField(max_length=8)
    added_at = models.DateTimeField()
    added_by = model_fields.person(null=True)
    seen_at = models.DateTimeField(null=True)  # by the team, since it was added
    after_closure = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[CaseReport]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "report_number"], name="one_report_per_case")
        ]
        indexes: ClassVar = [models.Index(fields=["report_number"], name="case_of_report")]

    def __str__(self) -> str:
        return self.report_number


class Member(models.Model):
    """Somebody of the team who works on this case, for one discipline or several. Nobody else reads it,
    whatever their role (threat-assessment.md 10)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="members")
    person = model_fields.person()
    # Keys of prevention/doctrine/content/team_rules.yaml: one person may bring several
    disciplines = models.JSONField(default=list)
    added_at = models.DateTimeField()
    added_by = model_fields.person(null=True)
    removed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Member]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "person"], condition=models.Q(removed_at__isnull=True), name="one_membership"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.case_id}"


class Move(models.Model):
    """One change of state, with its reason. Never changed, never removed."""

    STAYS_AS_COUNT = True

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="moves")
    at = models.DateTimeField()
    by = model_fields.person(null=True)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20)
    reason = SealedTextField("threat_assessment.Move.reason", null=True)

    objects: ClassVar[models.Manager[Move]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class Screening(models.Model):
    """One discipline's look at the case: the questions of immediate safety, and whether a threat assessment
    is needed."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNKNOWN = "unknown", _("Not known yet")

    class View(models.TextChoices):
        ASSESS = "assess", _("Assess: the concern is, or may be, about violence or self-harm")
        SUPPORT = "support", _("No threat assessment: support is enough")
        UNFOUNDED = "unfounded", _("No threat assessment: nothing in it")

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="screenings")
    person = model_fields.person()
    disciplines = models.JSONField(default=list)
    at = models.DateTimeField()
    round = models.PositiveSmallIntegerField(default=1)  # a case that is reopened is screened anew
    weapon = models.CharField(max_length=8, choices=Answer.choices)
    target = models.CharField(max_length=8, choices=Answer.choices)
    whereabouts = models.CharField(max_length=8, choices=Answer.choices)
    self_harm = models.CharField(max_length=8, choices=Answer.choices)
    view = models.CharField(max_length=10, choices=View.choices)
    note = SealedTextField("threat_assessment.Screening.note")

    objects: ClassVar[models.Manager[Screening]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"screening {self.pk}"
