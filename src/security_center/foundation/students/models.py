"""The register of students: as little as is needed to know who somebody is, whom to call, and what they are entitled to."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

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
    """What the register says of a student, apart from who it is. Each text is sealed under the student's own record, yes and no too."""

    TEXTS: ClassVar[tuple[str, ...]] = ("name", "birth_date", "guardians", "custody_note", "iep", "section_504", "recognize", "schedule")

    school = models.ForeignKey("organizations.Organization", on_delete=models.PROTECT, related_name="+", db_index=False)
    grade = models.CharField(max_length=2, choices=Grade.choices)
    active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True)
    name = SealedTextField(null=True)
    birth_date = SealedTextField(null=True)  # as 2012-05-30
    guardians = SealedTextField(null=True)  # households.Household, as JSON
    custody_note = SealedTextField(null=True)
    iep = SealedTextField(null=True)  # "yes", "no", or nothing when nobody said
    section_504 = SealedTextField(null=True)  # the same
    recognize = SealedTextField(null=True)  # what tells this student from a look-alike at sight
    schedule = SealedTextField(null=True)  # where the student should be, by period
    content = BlindedTokenField(null=True)  # of all of the above: tells whether a row of an import says anything new, without opening

    class Meta:
        abstract = True


class Student(Facts):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    """One student of a district. A record of its own, so that one student can be shredded and nobody else."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.UUIDField(unique=True)
    district = models.ForeignKey("organizations.Organization", on_delete=models.PROTECT, related_name="+", db_index=False)
    came_at = models.DateTimeField()
    identifier = SealedTextField()  # the district's own number of this student; never changed, or it would be another student
    identifier_token = BlindedTokenField()

    objects: ClassVar[models.Manager[Student]] = ScopedManager(district="district")

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar = [models.UniqueConstraint(fields=["district", "identifier_token"], name="one_student_per_identifier")]
        indexes: ClassVar = [models.Index(fields=["district", "active", "school", "grade"], name="students_counted")]

    def __str__(self) -> str:
        return f"student {self.pk}"

    @property
    def thing(self) -> str:
        """How the ledger names this student: never by an identifier that means anything elsewhere."""
        return f"student:{self.uuid}"


class StudentToken(models.Model):
    """A keyed digest by which a student is found: of a name, of its sound, or of the birth date. Several for one name (`tokens.name_forms`)."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=12)
    token = BlindedTokenField()

    objects: ClassVar[models.Manager[StudentToken]] = ScopedManager(district="student__district")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["token"], name="student_token_lookup")]

    def __str__(self) -> str:
        return f"token {self.pk}"
