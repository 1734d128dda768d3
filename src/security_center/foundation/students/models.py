"""The register of students: as little as is needed to know who somebody is, whom to call, and what they are
entitled to."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.vault.fields import BlindedTokenField, SealedTextField


class Grade(models.TextChoices):
    PRE_K = "PK", _("Pre-kindergarten")
    K = "K", _("Kindergarten")
    G1 = "1", _("Grade 1")
    G2 = "2", _("Grade 2")
    G3 = "3", _("Grade 3")
    G4 = "4", _("Grade 4")
    G5 = "5", _("Grade 5")
    G6 = "6", _("Grade 6")
    G7 = "7", _("Grade 7")
    G8 = "8", _("Grade 8")
    G9 = "9", _("Grade 9")
    G10 = "10", _("Grade 10")
    G11 = "11", _("Grade 11")
    G12 = "12", _("Grade 12")


class Facts(models.Model):
    """What the register says of a student, apart from who it is. Each text is sealed under the student's own
    record, yes and no too."""

    TEXTS: ClassVar[tuple[str, ...]] = (
        "name",
        "birth_date",
        "guardians",
        "custody_note",
        "iep",
        "section_504",
        "recognize",
        "schedule",
    )

    school = model_fields.organization(db_index=False)
    grade = models.CharField(max_length=2, choices=Grade.choices)
    active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True)
    name = SealedTextField(".name", null=True)
    birth_date = SealedTextField(".birth_date", null=True)  # as 2012-05-30
    guardians = SealedTextField(".guardians", null=True)  # households.Household, as JSON
    custody_note = SealedTextField(".custody_note", null=True)
    iep = SealedTextField(".iep", null=True)  # "yes", "no", or nothing when nobody said
    section_504 = SealedTextField(".section_504", null=True)  # the same
    recognize = SealedTextField(".recognize", null=True)  # what tells this student from a look-alike at sight
    schedule = SealedTextField(".schedule", null=True)  # where the student should be, by period
    # Of all of the above: tells whether a row of an import says anything new, without opening
    content = BlindedTokenField(null=True)

    class Meta:
        abstract = True


class _InForce(models.Manager["Student"]):
    """Without those whom an import keeps aside until it is put in force: no look-up, list or count sees
    them."""

    def get_queryset(self) -> models.QuerySet[Student]:
        return super().get_queryset().filter(staged=False)


class Student(Facts):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    """One student of a district. A record of its own, so that one student can be shredded and nobody else."""

    SEALED_AS = "students.Student"

    uuid = model_fields.own_uuid()
    record = models.UUIDField(unique=True)
    district = model_fields.organization(db_index=False)
    came_at = models.DateTimeField()
    # The district's own number of this student; never changed, or it would be another student
    identifier = SealedTextField("students.Student.identifier")
    identifier_token = BlindedTokenField()
    staged = models.BooleanField(default=False)  # kept aside by `came_by`, not in force
    came_by = models.ForeignKey(
        "students.StudentImport", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[models.Manager[Student]] = ScopedManager(_manager_class=_InForce, district="district")
    everyone: ClassVar[models.Manager[Student]] = ScopedManager(district="district")

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["district", "identifier_token"], name="one_student_per_identifier"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["district", "active", "school", "grade"], name="students_counted")
        ]

    def __str__(self) -> str:
        return f"student {self.pk}"

    @property
    def thing(self) -> str:
        """How the ledger names this student: never by an identifier that means anything elsewhere."""
        return f"student:{self.uuid}"


class StudentToken(models.Model):
    """A keyed digest by which a student is found: of a name, of its sound, or of the birth date. Several for
    one name (`tokens.name_forms`)."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=12)
    token = BlindedTokenField()
    # Of a student who is in force: made by an import that may be undone, or no longer true since that import.
    came_by = models.ForeignKey(
        "students.StudentImport", null=True, on_delete=models.PROTECT, related_name="+"
    )
    gone_by = models.ForeignKey(
        "students.StudentImport", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[models.Manager[StudentToken]] = ScopedManager(district="student__district")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["token"], name="student_token_lookup")]

    def __str__(self) -> str:
        return f"token {self.pk}"


class StudentImport(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    """One file of the register: checked and kept aside as a whole, then applied in one go, and undone in one
    go."""

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        REFUSED = "refused", _("Cannot be used")
        READY = "ready", _("Checked, waits for you")
        APPLIED = "applied", _("In force")
        UNDONE = "undone", _("Undone")
        DISCARDED = "discarded", _("Thrown away")

    uuid = model_fields.own_uuid()
    record = models.UUIDField(unique=True)
    district = model_fields.organization()
    # Of one school
    school = model_fields.organization(null=True, db_index=False)
    whole = models.BooleanField(default=True)  # whoever is not in the file has left
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKING)
    # Of the check: a second one, after a worker died, takes the first one's turn away
    attempt = models.PositiveSmallIntegerField(default=0)
    # Until it is checked; what is kept aside afterwards is sealed student by student
    file_id = models.UUIDField(null=True)
    file_seal = SealedTextField("students.StudentImport.file_seal", null=True)
    # [[row, code, cell], …], the first of them
    faults = SealedTextField("students.StudentImport.faults", null=True)
    uploaded_by = model_fields.person(null=True, db_index=False)
    uploaded_at = models.DateTimeField()
    # What the check found.
    rows = models.PositiveIntegerField(default=0)
    faulty = models.PositiveIntegerField(default=0)
    came = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    back = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    alike = models.PositiveIntegerField(default=0)  # of those who came: share their name with somebody
    there_before = models.PositiveIntegerField(default=0)
    applied_by = model_fields.person(null=True, db_index=False)
    applied_at = models.DateTimeField(null=True)
    undone_by = model_fields.person(null=True, db_index=False)
    undone_at = models.DateTimeField(null=True)
    # Of those who came: stayed when it was undone, since something names them
    kept = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)  # what was before is forgotten: it cannot be undone any more

    objects: ClassVar[models.Manager[StudentImport]] = ScopedManager(district="district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["district"],
                condition=models.Q(state__in=["checking", "ready"]),
                name="one_open_import_per_district",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def thing(self) -> str:
        return f"student_import:{self.uuid}"

    @property
    def changes(self) -> int:
        return self.came + self.changed + self.moved + self.back + self.left


class Revision(Facts):
    """What an import changes of a student who was there: the facts before it and the facts after it, still
    sealed for the student's own row."""

    SEALED_AS = "students.Student"
    SEALED_COPIES = True  # the student's own values, copied as they are sealed

    class Kind(models.TextChoices):
        CHANGED = "changed", _("Changed")
        MOVED = "moved", _("Another school")
        BACK = "back", _("Came back")
        LEFT = "left", _("Left")

    student_import = models.ForeignKey(
        StudentImport, on_delete=models.CASCADE, related_name="revisions", db_index=False
    )
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="+")
    after = models.BooleanField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    columns = models.JSONField(default=list)  # names of the facts that differ

    objects: ClassVar[models.Manager[Revision]] = ScopedManager(district="student_import__district")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["student_import", "after", "student"], name="one_revision_each")
        ]

    def __str__(self) -> str:
        return f"revision {self.pk}"

    @property
    def uuid(self) -> UUID:
        """What its values are bound to."""
        return self.student.uuid
