"""What the team finds out: sources, interviews, findings under the thirteen themes. No figure is ever
computed over findings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.attached import AttachedFile
from security_center.foundation.vault.fields import SealedTextField

LARGEST_ON_PAPER = 20 * 1024 * 1024


class Source(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    class State(models.TextChoices):
        WANTED = "wanted", _("Still to ask")
        ANSWERED = "answered", _("Answered")
        REFUSED = "refused", _("Refused")
        NOT_THERE = "not_there", _("Does not exist or cannot be had")

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=24)  # key of content/sources.yaml
    name = SealedTextField("threat_assessment.Source.name", null=True)
    note = SealedTextField("threat_assessment.Source.note", null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WANTED)
    added_at = models.DateTimeField()
    added_by = model_fields.person()
    settled_at = models.DateTimeField(null=True)
    # Records that a law-enforcement unit made and keeps are no education records: they stay apart
    # (threat-assessment.md 10.5).
    law_enforcement_only = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Source]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class SourceFile(AttachedFile):
    """A photo of a drawing, a screenshot, a paper: whoever sees the source sees it, and nobody else. Sealed
    under the case's key; its clean copy is made at once, since whoever adds it means it to be looked at."""

    SEALED_AS = "threat_assessment.SourceFile"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="files")
    # What is on it, in words: for whoever cannot see it, and for the paper that it goes with
    shows = SealedTextField("threat_assessment.SourceFile.shows", null=True)
    # Of an isolated one: who at law enforcement said, and when, that it is needed no more
    released_by = SealedTextField("threat_assessment.SourceFile.released_by", null=True)
    added_at = models.DateTimeField()
    added_by = model_fields.person()

    objects: ClassVar[models.Manager[SourceFile]] = ScopedManager(district="source__case__district")

    def __str__(self) -> str:
        return f"file {self.pk}"

    @property
    def on_paper(self) -> bool:
        """Whether it can be drawn on a page: a clean picture that is not too large for it."""
        return self.state == self.State.CLEANED and self.is_picture and self.cleaned_size <= LARGEST_ON_PAPER


class Interview(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="interviews")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="interviews")
    interviewer = model_fields.person()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    interpreter = models.BooleanField(default=False)
    parent_present = models.BooleanField(default=False)
    rights_notice = models.BooleanField(default=False)
    law_enforcement_purpose = models.BooleanField(default=False)
    refused = models.BooleanField(default=False)
    place = SealedTextField("threat_assessment.Interview.place", null=True)
    quotes = SealedTextField("threat_assessment.Interview.quotes", null=True)
    notes = SealedTextField("threat_assessment.Interview.notes", null=True)
    version = models.PositiveIntegerField(default=1)  # counts savings: a second editor sees both texts
    saved_at = models.DateTimeField()
    # Who wrote what stands there now
    saved_by = model_fields.person(null=True)
    # Kept by itself while somebody types, not saved by a press yet
    running = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Interview]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"interview {self.pk}"


class InterviewVersion(models.Model):
    """What stood in an interview before somebody wrote something else. One for each press of Save, and one
    for what was kept while somebody typed: the same person's next keeping writes over their own running text,
    never over anybody else's."""

    uuid = model_fields.own_uuid()
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    by = model_fields.person(null=True)
    saved_at = models.DateTimeField()
    quotes = SealedTextField("threat_assessment.InterviewVersion.quotes", null=True)
    notes = SealedTextField("threat_assessment.InterviewVersion.notes", null=True)

    objects: ClassVar[models.Manager[InterviewVersion]] = ScopedManager(district="interview__case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["interview", "number"], name="one_interview_version")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class Finding(models.Model):
    """An answer to one prompt, as one person wrote it. A change is a new row: nothing that was found is
    overwritten."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNCLEAR = "unclear", _("Unclear")
        NOT_ASKED = "not_asked", _("Not asked yet")

    uuid = model_fields.own_uuid()
    case = models.ForeignKey("threat_assessment.Case", on_delete=models.CASCADE, related_name="findings")
    prompt = models.CharField(max_length=64)  # "theme.prompt" of content/themes.yaml
    answer = models.CharField(max_length=10, choices=Answer.choices)
    note = SealedTextField("threat_assessment.Finding.note", null=True)
    observed_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = model_fields.person()
    sources = models.ManyToManyField(Source, related_name="+")
    current = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Finding]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "prompt"], condition=models.Q(current=True), name="one_current_finding"
            ),
            models.UniqueConstraint(fields=["case", "prompt", "version"], name="one_finding_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.prompt} {self.version}"
