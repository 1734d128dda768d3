"""Protected fields apart from everything else, enrolment by group, and the figures as they were published.

A student's row has a token of this room's own keys and sealed values: neither a thief of the tables nor a
page of another room can lay it beside a case. Only `queries.joining` does, and only to count."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import BlindedTokenField, SealedTextField


class Import(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    """One file: looked at first, then used as a whole, and undone as a whole."""

    class Kind(models.TextChoices):
        PROTECTED = "protected", _("Protected fields, a line for each student")
        ENROLMENT = "enrolment", _("Enrolment by school and group")

    class State(models.TextChoices):
        WAITING = "waiting", _("Looked at, not used yet")
        USED = "used", _("In use")
        REPLACED = "replaced", _("Replaced by a later file")
        UNDONE = "undone", _("Undone")

    uuid = model_fields.own_uuid()
    # The vault's record: one key for the file and for the values of its rows
    record = models.UUIDField(unique=True)
    district = model_fields.organization()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    rows = models.PositiveIntegerField()
    school_year = models.CharField(max_length=7, blank=True)  # of enrolment: "2026-27"
    # The rows, until the file is used or undone
    content = SealedTextField("equity.Import.content", null=True)
    sent_at = models.DateTimeField()
    sent_by = model_fields.person(null=True)
    used_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Import]] = ScopedManager(district="district")

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["district", "kind", "school_year"],
                condition=models.Q(state="used"),
                name="one_import_in_use",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} import {self.pk}"

    @property
    def thing(self) -> str:
        return f"import:{self.uuid}"


class ProtectedRow(models.Model):
    """One student's protected fields. Nobody sees a row: they are opened to be counted."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    source = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="protected_rows", db_index=False
    )
    token = BlindedTokenField()
    values = SealedTextField("equity.ProtectedRow.values")  # the group of each axis, as JSON

    objects: ClassVar[models.Manager[ProtectedRow]] = ScopedManager(district="source__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "token"], name="one_row_per_student")
        ]

    def __str__(self) -> str:
        return f"row {self.pk}"


class Enrolment(models.Model):
    """How many students of a group a school has in a school year."""

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="enrolment_rows")
    school = model_fields.organization(db_index=False)
    axis = models.CharField(max_length=16)
    group = models.CharField(max_length=24)
    students = models.PositiveIntegerField()

    objects: ClassVar[models.Manager[Enrolment]] = ScopedManager(district="source__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "school", "axis", "group"], name="one_count_per_group")
        ]

    def __str__(self) -> str:
        return f"{self.axis} {self.group}"


class Figures(models.Model):
    """What was published for a period that is over: only what may be shown. Made once and never again,
    whatever becomes of the imports: two editions of one period, laid side by side, would tell of the students
    who made the difference (docs/decisions/0019)."""

    class Kind(models.TextChoices):
        EQUITY = "equity", _("Equity")
        STATISTICS = "statistics", _("Statistics")

    district = model_fields.organization(db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    period = models.CharField(max_length=9)  # "2025-26", or "2025-26-1" for its first half
    tables = models.JSONField()
    made_at = models.DateTimeField()
    # Small numbers that earlier editions of its year give away
    told_before = models.PositiveIntegerField(default=0)
    # An import that they rest on was undone: they stay, and the pages say so
    basis_undone_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Figures]] = ScopedManager(district="district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["district", "kind", "period"], name="published_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"


class Reading(models.Model):
    """That a district has to read its equity figures in a month, and who did."""

    district = model_fields.organization(db_index=False)
    month = models.CharField(max_length=7)  # "2026-11"
    asked_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = model_fields.person(null=True)

    objects: ClassVar[models.Manager[Reading]] = ScopedManager(district="district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["district", "month"], name="one_reading_a_month")
        ]

    def __str__(self) -> str:
        return self.month

    @property
    def thing(self) -> str:
        return f"equity:{self.district_id}:{self.month}"
