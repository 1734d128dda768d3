"""An organization's prevention plan in its versions, who reads when, and what of both is published.

The plan is the configuration: rooms above read it and hard-code nothing twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from security_center.foundation import languages, model_fields


def default_languages() -> list[str]:
    return list(languages.codes())


def default_school_hours() -> dict[str, list[str]]:
    """Monday is "0". A weekday that is absent has no school."""
    return {str(day): ["07:30", "15:30"] for day in range(5)}


def default_public_steps() -> list[str]:
    """The steps whose starting words name nobody."""
    return ["behaviors", "reporting", "procedures", "risk_management", "climate", "training"]


class VersionStands(Exception):
    """What was adopted is never changed. A new version takes its place."""


class Plan(models.Model):
    """One version of what an organization adopted, or the draft of the next one. A school without a plan of
    its own works by its district's.

    Its words are a public document that a board adopts, so they are not sealed. Empty choices mean the
    starting plan's: clocks, thresholds and the like hold only what is stricter here than in the doctrine
    (prevention.doctrine)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ADOPTED = "adopted", _("Adopted")
        SUPERSEDED = "superseded", _("Superseded")

    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.CASCADE, related_name="plans"
    )
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    languages = models.JSONField(default=default_languages)
    # Categories the school does not offer on its form. A report never needs a category, so nothing is lost by
    # hiding one.
    hidden_categories = models.JSONField(default=list, blank=True)
    # Category key → urgency, only where the school is stricter than the standard table.
    stricter_urgencies = models.JSONField(default=dict, blank=True)
    school_hours = models.JSONField(default=default_school_hours)
    # ["06:00", "18:00"]; empty: the standard window
    message_hours = models.JSONField(default=list, blank=True)
    other_line_name = models.CharField(
        max_length=120, blank=True, help_text=_("Your state's tip line, if it has one.")
    )
    other_line_number = models.CharField(max_length=60, blank=True)
    retention_days = models.PositiveIntegerField(
        default=365, help_text=_("How long a closed report is kept.")
    )
    retention_days_unfounded = models.PositiveIntegerField(default=60)

    # The words of the eight steps: step → {"en": [paragraph, …], "es": […]}. An adopted version holds them
    # whole.
    words = models.JSONField(default=dict, blank=True)
    # Steps whose words were written here; the others follow the plan above
    own_words = models.JSONField(default=list, blank=True)
    # Steps whose words stand on the public page
    public_steps = models.JSONField(default=default_public_steps, blank=True)
    # Blank of the starting plan ("leader") → what this organization fills in; "leader_es" where that is said
    # otherwise in Spanish, and so in each language beside English.
    names = models.JSONField(default=dict, blank=True)
    # [{"expertise", "person", "name", "alternate", "alternate_name"}, …]
    team = models.JSONField(default=list, blank=True)
    rule_set = models.CharField(max_length=12, default="ntac")  # key of doctrine/content/team_rules.yaml
    scheme = models.CharField(max_length=12, default="ntac")  # key of doctrine/content/schemes.yaml
    # Key of doctrine/content/interview_orders.yaml
    interview_order = models.CharField(max_length=12, default="ntac")
    # The state whose law binds here: key of doctrine/content/states.yaml
    law_of = models.CharField(max_length=2, blank=True)
    left_out_behaviors = models.JSONField(default=list, blank=True)
    own_behaviors = models.JSONField(default=list, blank=True)  # [{"key", "class", "en", "es"}, …]
    # Row of doctrine/content/le_threshold.yaml → minutes
    threshold_minutes = models.JSONField(default=dict, blank=True)
    # "state.clock" of doctrine/content/lifecycle.yaml → amount in the clock's own unit
    clock_amounts = models.JSONField(default=dict, blank=True)
    # Band of doctrine/content/review_intervals.yaml → days to the first review
    review_days = models.JSONField(default=dict, blank=True)
    # "category.option" of doctrine/content/plan_options.yaml
    left_out_options = models.JSONField(default=list, blank=True)
    own_options = models.JSONField(default=list, blank=True)  # [{"key", "category", "en", "es"}, …]
    case_retention_days = models.PositiveIntegerField(default=1825)
    case_retention_days_short = models.PositiveIntegerField(default=180)  # unfounded and transient concerns

    created_at = models.DateTimeField()
    step_revisions = models.JSONField(default=dict, blank=True)  # of a draft: how often each step was saved
    changed_by = model_fields.person(null=True, blank=True)
    adopted_at = models.DateTimeField(null=True, blank=True)
    adopted_by = model_fields.person(null=True, blank=True)
    adopted_for = models.CharField(max_length=160, blank=True)  # on whose behalf: "Board of Education"
    decided_on = models.DateField(null=True, blank=True)  # the day of the board's decision
    # The version of the district's plan that this one was measured against; `carried` was made by the
    # adoption of that version itself.
    above = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    carried = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "version"], name="one_plan_per_version"),
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(state="adopted"), name="one_adopted_plan"
            ),
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(state="draft"), name="one_draft_of_a_plan"
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.organization_id} v{self.version}"

    def save(self, *args: Any, **options: Any) -> None:
        """Raises VersionStands: an adopted version is put in once, and only becomes superseded."""
        if self.pk is not None and Plan.objects.filter(pk=self.pk).exclude(state=Plan.State.DRAFT).exists():
            raise VersionStands
        super().save(*args, **options)


class CoverageShift(models.Model):
    """A weekly stretch of local time in which `person` reads what reaches the desk of `organization`, as
    number `position`."""

    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.CASCADE, related_name="coverage_shifts"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="coverage_shifts"
    )
    weekday = models.PositiveSmallIntegerField(help_text=_("0 is Monday."))
    starts_minute = models.PositiveSmallIntegerField(help_text=_("Minutes after local midnight."))
    ends_minute = models.PositiveSmallIntegerField(
        help_text=_("Minutes after local midnight; 1440 is the end of the day.")
    )
    position = models.PositiveSmallIntegerField(default=1)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="a_weekday", condition=models.Q(weekday__lte=6)),
            models.CheckConstraint(
                name="a_stretch_of_one_day",
                condition=models.Q(starts_minute__lt=models.F("ends_minute"))
                & models.Q(ends_minute__lte=1440),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "weekday"])]

    def __str__(self) -> str:
        return f"shift {self.organization_id}/{self.weekday}/{self.starts_minute}-{self.ends_minute}"


class Holiday(models.Model):
    """Days without school (breaks, snow days). Reports are still read; only clocks that count school hours
    rest."""

    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.CASCADE, related_name="holidays"
    )
    first_day = models.DateField()
    last_day = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="holiday_in_order", condition=models.Q(first_day__lte=models.F("last_day"))
            )
        ]

    def __str__(self) -> str:
        return self.name


class Absence(models.Model):
    """A reader away: their shifts do not count, the next person's do."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="absence_in_order", condition=models.Q(starts_at__lt=models.F("ends_at"))
            )
        ]

    def __str__(self) -> str:
        return f"absence {self.person_id}"


class Alternate(models.Model):
    """Who takes a report that is about the district itself (reporting.md 7)."""

    organization = models.OneToOneField(
        "organizations.Organization", on_delete=models.CASCADE, related_name="alternate"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"alternate {self.organization_id}"


class PublishedForm(models.Model):
    """What the public program may know of a school's plan. It names nobody.

    The public program reads this table and never the people or the calendar behind it. It is renewed by the
    worker each minute and by each action that changes the plan; `windows` holds the covered stretches of the
    next days so that the page stays true between two renewals."""

    organization = models.OneToOneField(
        "organizations.Organization", on_delete=models.CASCADE, related_name="published_form"
    )
    open = models.BooleanField(default=False)
    open_until = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=40, blank=True)
    languages = models.JSONField(default=default_languages)
    categories = models.JSONField(default=list)
    urgencies = models.JSONField(default=dict, blank=True)
    windows = models.JSONField(default=list)
    # School hours, holidays, message hours: what a clock needs, no names
    ladder_facts = models.JSONField(default=dict)
    other_line_name = models.CharField(max_length=120, blank=True)
    other_line_number = models.CharField(max_length=60, blank=True)
    renewed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"published form {self.organization_id}"

    def is_open_at(self, moment: datetime) -> bool:
        """Whether a report may be taken in at `moment`: the one rule for the page and for the verb behind
        it."""
        return self.open and (self.open_until is None or self.open_until > moment)


class PublishedPlan(models.Model):
    """What anybody may read of an organization's plan: the words of its public steps as they were adopted,
    for the public program."""

    organization = models.OneToOneField(
        "organizations.Organization", on_delete=models.CASCADE, related_name="published_plan"
    )
    # The id of the version; the plan's own table is not the public program's to read
    version_of = models.PositiveBigIntegerField()
    version = models.PositiveIntegerField()
    adopted_on = models.DateField()
    adopted_for = models.CharField(max_length=160, blank=True)
    steps = models.JSONField(default=list)  # [{"key", "words": {"en": […], "es": […]}}, …]

    def __str__(self) -> str:
        return f"published plan {self.organization_id}"
