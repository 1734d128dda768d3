"""Who looked into a case from outside of its team, whom its texts are about, who was told what, and what
became of it in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.clock import now
from security_center.foundation.vault.fields import SealedTextField

if TYPE_CHECKING:
    from datetime import datetime

CASE = "threat_assessment.Case"


class BreakGlass(models.Model):
    """Somebody outside of the team reads the case for a limited time, with a reason. It ends by itself; the
    lead has to acknowledge it."""

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(CASE, on_delete=models.CASCADE, related_name="glasses")
    person = model_fields.person()
    reason = SealedTextField("threat_assessment.BreakGlass.reason")
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[BreakGlass]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="glass_has_an_end", condition=models.Q(ends_at__gt=models.F("opened_at"))
            )
        ]

    def __str__(self) -> str:
        return f"glass {self.pk}"

    def is_open(self, at: datetime | None = None) -> bool:
        return self.opened_at <= (at or now()) < self.ends_at


class Segment(models.Model):
    """Whom one text of the case is about, as a person has tagged it. A text without a row, or changed since,
    is not tagged: it is withheld."""

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(CASE, on_delete=models.CASCADE, related_name="segments")
    part = models.CharField(max_length=96)  # "finding.<uuid of the row>.note": see queries/parts.py
    # Digest of the sealed text that was looked at: another text under the same name is not tagged by this
    of = models.CharField(max_length=64)
    about = models.CharField(max_length=20)  # key of content/privacy_acts.yaml: subjects
    # Key of the same: withheld; a text with a reason is kept back whole
    withheld = models.CharField(max_length=20, blank=True)
    # What is shown in its place: the text without what names others
    wording = SealedTextField("threat_assessment.Segment.wording", null=True)
    tagged_at = models.DateTimeField()
    tagged_by = model_fields.person()

    objects: ClassVar[models.Manager[Segment]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "part"], name="one_segment_per_part")
        ]

    def __str__(self) -> str:
        return f"segment {self.pk}"


class Disclosure(models.Model):
    """Somebody outside of the team was told: which texts, on which ground, relying on what (34 CFR 99.32).
    Never changed."""

    class Way(models.TextChoices):
        PACKET = "packet", _("As a packet, printed here")
        SPOKEN = "spoken", _("By phone or in person")
        INSPECTION = "inspection", _("Shown after a request to see the record")

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(CASE, on_delete=models.CASCADE, related_name="disclosures")
    receiver = models.CharField(max_length=20)  # key of content/privacy_acts.yaml: receivers
    ground = models.CharField(max_length=20)  # key of the same: grounds
    way = models.CharField(max_length=12, choices=Way.choices)
    name = SealedTextField("threat_assessment.Disclosure.name")  # who exactly: person and agency
    # The articulable and significant threat, or the interest
    relied_on = SealedTextField("threat_assessment.Disclosure.relied_on", null=True)
    parts = models.JSONField(default=list)  # names of the texts that were given
    # Keys of the groups that were given whole or in part, with those without a text (a photo)
    groups = models.JSONField(default=list)
    at = models.DateTimeField()
    by = model_fields.person()

    objects: ClassVar[models.Manager[Disclosure]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"disclosure {self.pk}"


class Inspection(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    """A parent, or the student at 18, asks to see the record (34 CFR 99.10). While it is open, nothing of the
    case is destroyed."""

    class State(models.TextChoices):
        OPEN = "open", _("To be answered")
        SHOWN = "shown", _("Shown")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(CASE, on_delete=models.CASCADE, related_name="inspections")
    name = SealedTextField("threat_assessment.Inspection.name")
    relation = models.CharField(max_length=16)  # key of content/privacy_acts.yaml: relations
    received_on = models.DateField()
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    asked_by = model_fields.person()
    identity = models.CharField(max_length=16, blank=True)  # how the asker was identified
    custody = models.CharField(max_length=16, blank=True)
    checked_note = SealedTextField("threat_assessment.Inspection.checked_note", null=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = model_fields.person(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = SealedTextField("threat_assessment.Inspection.answer", null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[Inspection]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="inspection_ends_once",
                condition=models.Q(state="open", ended_at__isnull=True)
                | (~models.Q(state="open") & models.Q(ended_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"inspection {self.pk}"


class Release(models.Model):
    """What was shown to whoever asked to see the record: which texts, and how many were kept back. One row
    for each copy."""

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(CASE, on_delete=models.CASCADE, related_name="releases")
    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="releases")
    parts = models.JSONField(default=list)
    withheld = models.JSONField(default=dict)  # reason → how many
    at = models.DateTimeField()
    by = model_fields.person()

    objects: ClassVar[models.Manager[Release]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"release {self.pk}"


class Amendment(models.Model):
    """Somebody says that a text is wrong or misleading (34 CFR 99.20 to 99.22): the answer, the hearing, and
    the statement."""

    class State(models.TextChoices):
        ASKED = "asked", _("To be answered")
        AMENDED = "amended", _("Corrected")
        REFUSED = "refused", _("Not corrected; a hearing may be asked for")
        HEARING = "hearing", _("A hearing was asked for")
        UPHELD = "upheld", _("Not corrected after the hearing")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    # From where to where a request may go. A statement of disagreement may be left once it was refused.
    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.ASKED: frozenset({State.AMENDED, State.REFUSED, State.WITHDRAWN}),
        State.REFUSED: frozenset({State.HEARING}),
        State.HEARING: frozenset({State.AMENDED, State.UPHELD, State.WITHDRAWN}),
        State.AMENDED: frozenset(),
        State.UPHELD: frozenset(),
        State.WITHDRAWN: frozenset(),
    }

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(CASE, on_delete=models.CASCADE, related_name="amendments")
    # The text that it is about; empty: the record as a whole
    part = models.CharField(max_length=96, blank=True)
    name = SealedTextField("threat_assessment.Amendment.name")
    relation = models.CharField(max_length=16)
    what = SealedTextField("threat_assessment.Amendment.what")  # what is wrong, and how it should read
    received_on = models.DateField()
    due_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    asked_by = model_fields.person()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    answer = SealedTextField("threat_assessment.Amendment.answer", null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = model_fields.person(null=True)
    hearing_asked_at = models.DateTimeField(null=True)
    # Who heard it, what was said, what was decided
    hearing = SealedTextField("threat_assessment.Amendment.hearing", null=True)
    heard_at = models.DateTimeField(null=True)
    heard_by = model_fields.person(null=True)
    # Of disagreement: goes wherever the text goes
    statement = SealedTextField("threat_assessment.Amendment.statement", null=True)
    statement_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Amendment]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"amendment {self.pk}"


class EarlyEnd(models.Model):
    """A wish to destroy an unfounded case before its time. Two people decide it."""

    STAYS_AS_COUNT = True

    uuid = model_fields.own_uuid()
    case = models.ForeignKey(CASE, on_delete=models.CASCADE, related_name="early_ends")
    reason = SealedTextField("threat_assessment.EarlyEnd.reason", null=True)
    asked_at = models.DateTimeField()
    asked_by = model_fields.person()
    answered_at = models.DateTimeField(null=True)
    answered_by = model_fields.person(null=True)
    granted = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[EarlyEnd]] = ScopedManager(district="case__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(answered_at__isnull=True), name="one_open_early_end"
            ),
            models.CheckConstraint(
                name="early_end_by_two",
                condition=models.Q(answered_by__isnull=True) | ~models.Q(answered_by=models.F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"early end {self.pk}"


class Certificate(models.Model):
    """What was destroyed, when, and by which rule. It holds no content, and is what stays."""

    STAYS_AS_COUNT = True

    uuid = model_fields.own_uuid()
    case = models.OneToOneField(CASE, on_delete=models.PROTECT, related_name="certificate")
    at = models.DateTimeField()
    rule = models.CharField(max_length=16)  # key of content/privacy_acts.yaml: kept
    days = models.PositiveIntegerField()
    early = models.BooleanField(default=False)  # two people agreed to end it before its time
    rows = models.JSONField(default=dict)  # kind of row → how many were destroyed
    texts = models.PositiveIntegerField()
    files = models.PositiveIntegerField(default=0)
    keys = models.PositiveIntegerField()

    objects: ClassVar[models.Manager[Certificate]] = ScopedManager(district="case__district")

    def __str__(self) -> str:
        return f"certificate {self.pk}"
