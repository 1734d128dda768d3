"""State → district → school, the people in it, their roles, and whom they supervise."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from security_center.foundation.clock import now
from security_center.foundation.vault.fields import SealedTextField


class Organization(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    class Kind(models.TextChoices):
        STATE = "state", _("State")
        DISTRICT = "district", _("District")
        SCHOOL = "school", _("School")

    class Level(models.TextChoices):
        ELEMENTARY = "elementary", _("Elementary school")
        MIDDLE = "middle", _("Middle school")
        HIGH = "high", _("High school")
        COMBINED = "combined", _("Combined grades")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    level = models.CharField(max_length=12, choices=Level.choices, blank=True)
    city = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=64, default="America/New_York")
    dispatch_number = models.CharField(
        max_length=40,
        blank=True,
        help_text=_("The number of the police dispatch, to call when nobody answers."),
    )
    enrollment = models.PositiveIntegerField(null=True, blank=True)
    external_id = models.CharField(
        max_length=40, blank=True, help_text=_("The state's or district's own number of this school.")
    )
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="only_a_state_has_no_parent",
                condition=models.Q(kind="state", parent__isnull=True)
                | models.Q(kind="district")
                | models.Q(kind="school", parent__isnull=False),
            ),
            models.UniqueConstraint("parent", Lower("name"), name="one_name_per_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def district(self) -> Organization:
        """The district this organization belongs to (itself for a district, and for a state that has no
        district above it)."""
        return self.parent if self.kind == self.Kind.SCHOOL and self.parent is not None else self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self) -> date:
        """The day it is there. The server's clock is in UTC, where it is tomorrow from the evening on."""
        return now().astimezone(self.zone).date()

    def line(self) -> list[Organization]:
        """This organization and all above it, nearest first."""
        found: list[Organization] = [self]
        while found[-1].parent is not None:
            found.append(found[-1].parent)
        return found

    @property
    def police_dispatch(self) -> str:
        """The number of the police dispatch, that of the nearest organization which has one."""
        return next((place.dispatch_number for place in self.line() if place.dispatch_number), "")


class PersonManager(BaseUserManager["Person"]):
    def create_user(
        self, email: str, name: str = "", password: str | None = None, **fields: object
    ) -> Person:
        fields.setdefault("created_at", now())
        person = self.model(email=email.strip().lower(), name=name, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    """Someone who signs in. Reporters are never persons here."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=8, default="en")
    organization = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
        help_text=_(
            "Where this person was entered; its administrators look after them while they hold no role."
        ),
    )
    # May run the set-up while no organization exists; gets the administrator's role with the first one. Gives
    # nothing afterwards.
    is_first_administrator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    # An administrator set this reader's sign-in anew. Until a colleague has said that it is them, they read
    # nothing (readmission.py).
    waits_since = models.DateTimeField(null=True, blank=True)
    # Every administrator who set it anew since a colleague last said so; kept while they hold no role and
    # after they left.
    set_anew_by = models.ManyToManyField("self", blank=True, symmetrical=False, related_name="+")
    # Only where no colleague is left in the district: the wait ends by the clock.
    waits_until = models.DateTimeField(null=True, blank=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def ledger_name(self) -> str:
        return f"person:{self.pk}"

    @property
    def thing(self) -> str:
        return self.ledger_name

    # allauth asks for these of any user model.
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's own permissions are not used: see policies.can."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Role(models.TextChoices):
    READER = "reader", _("Reader (triage)")
    COUNSELOR = "counselor", _("Counselor")
    TEAM_LEAD = "team_lead", _("Team lead")
    PRINCIPAL = "principal", _("Principal")
    SRO = "sro", _("School resource officer")
    DISTRICT_ON_CALL = "district_on_call", _("District on call")
    DISTRICT_SAFETY_LEAD = "district_safety_lead", _("District safety lead")
    SUPERINTENDENT = "superintendent", _("Superintendent")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class RoleAssignment(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_assignments")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=24, choices=Role.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "organization", "role"],
                condition=models.Q(ends_at__isnull=True),
                name="one_open_assignment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}:{self.role}@{self.organization_id}"


class Supervision(models.Model):
    """`supervisor` directs the work of `supervised`: a report about the supervisor must not rest with the
    supervised."""

    supervisor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="supervises")
    supervised = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="supervised_by")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["supervisor", "supervised"], name="one_supervision"),
            models.CheckConstraint(
                condition=~models.Q(supervisor=models.F("supervised")), name="nobody_supervises_themselves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supervisor_id}>{self.supervised_id}"


class Invitation(models.Model):
    """A one-time link that lets a person set a password. Only the digest of its token is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    token_digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class SignIn(AbstractBaseSession):
    """A browser's session. The browser's cookie holds the key; here stands only a keyed digest of it, and
    what the session holds is sealed under the key itself (sessions.py): a copy of the database opens none."""

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="sign_ins")
    began_at = models.DateTimeField(null=True)
    browser = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"sign-in of {self.person_id}"

    @classmethod
    def get_session_store_class(cls) -> type:
        from .sessions import SessionStore

        return SessionStore


class AccessSession(models.Model):
    """An administrator's time-limited look at content: reason given, announced to the desk, ended by the
    clock."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="access_sessions")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="access_sessions")
    record = models.UUIDField(unique=True)  # the vault's record that holds the reason
    reason = SealedTextField("access_session.reason")
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"access session {self.pk}"

    @property
    def uuid(self) -> UUID:
        """What the sealed reason is bound to: each has a record of its own."""
        return self.record
