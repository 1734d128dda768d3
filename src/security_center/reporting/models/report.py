"""A report, the notes beside it, who may not see it, and (only where the reporter chose so) who wrote it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from security_center.foundation import model_fields
from security_center.foundation.clock import now
from security_center.foundation.numbers import new_number
from security_center.foundation.vault.fields import SealedTextField

if TYPE_CHECKING:
    from datetime import datetime

# What the desk's lists sort by within one urgency: first what nobody has taken, or where something new has
# come; then what no person has decided. Written without values, so that SQLite and PostgreSQL know them again
# in an index.
TAKEN = models.ExpressionWrapper(
    models.Q(acknowledged_at__isnull=False, new_facts_at__isnull=True), output_field=models.BooleanField()
)
DECIDED = models.ExpressionWrapper(models.Q(decided_at__isnull=False), output_field=models.BooleanField())
IN_ORDER = ("urgency", TAKEN, DECIDED, "received_at", "id")


class Urgency(models.TextChoices):
    """Sorted as text they sort by urgency."""

    U1 = "U1", _("Now")
    U2 = "U2", _("Today")
    U3 = "U3", _("Soon")
    U4 = "U4", _("Routine")


class Report(models.Model):  # type: ignore[django-manager-missing]  # scoped managers are made at run time
    class Channel(models.TextChoices):
        WEB = "web", _("Web form")
        QR_LINK = "qr_link", _("QR code or short link")
        PHONE = "phone", _("Phone call")
        STAFF = "staff", _("Staff member")
        IN_PERSON = "in_person", _("Told in person")

    class Mode(models.TextChoices):
        ANONYMOUS = "anonymous", _("Anonymous")
        CONFIDENTIAL = "confidential", _("Confidential")
        IDENTIFIED = "identified", _("Identified")

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        READING = "reading", _("Being read")
        ACTING = "acting", _("Being acted on")
        FINISHED = "finished", _("Finished")

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNSURE = "unsure", _("Not sure")
        NOT_SAID = "", _("Not said")

    # The one transition table. A finished report is taken up again when its reporter writes something new.
    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.RECEIVED: frozenset({State.READING}),
        State.READING: frozenset({State.ACTING, State.FINISHED}),
        State.ACTING: frozenset({State.FINISHED}),
        State.FINISHED: frozenset({State.READING}),
    }

    uuid = model_fields.own_uuid()
    record = models.UUIDField(unique=True)  # the vault's record that holds this report's data key
    number = models.CharField(max_length=8, unique=True, default=new_number)
    # Most references carry no index of their own: the lists' indexes below serve them, and each further one
    # would slow every submission.
    district = model_fields.organization(db_index=False)
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="reports_about"
    )
    desk = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="desk_reports", db_index=False
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.ANONYMOUS)
    language = models.CharField(max_length=8)
    category = models.CharField(max_length=40, blank=True)
    urgency = models.CharField(max_length=2, choices=Urgency.choices)
    first_urgency = models.CharField(max_length=2, choices=Urgency.choices)
    # danger_now, weapon, words, category, unread, history, reader
    urgency_because = models.CharField(max_length=24)
    danger_now = models.CharField(max_length=6, choices=Answer.choices, blank=True)
    about_staff = models.BooleanField(default=False)
    not_this_school = models.BooleanField(default=False)
    may_we_message = models.BooleanField(default=True)
    # Names a weapon, an attack or suicide: two people close it
    needs_second_reader = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RECEIVED)
    # Set when a report is about the district itself: only the named alternate may see it (reporting.md 7).
    reserved_for = model_fields.person(null=True, db_index=False)

    what_happened = SealedTextField("reporting.Report.what_happened")
    who = SealedTextField("reporting.Report.who", null=True)
    when_where = SealedTextField("reporting.Report.when_where", null=True)
    weapon = SealedTextField("reporting.Report.weapon", null=True)
    how_do_you_know = SealedTextField("reporting.Report.how_do_you_know", null=True)

    received_at = models.DateTimeField()
    first_read_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = model_fields.person(null=True, db_index=False)
    reporter_replied_at = models.DateTimeField(null=True)  # the first time a person answered the reporter
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="held_reports",
        db_index=False,
    )
    assigned_at = models.DateTimeField(null=True)
    first_action_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)  # the first disposition: from here on a person has decided
    closed_at = models.DateTimeField(null=True)
    closed_by = model_fields.person(null=True, db_index=False)
    # The clocks' ends, kept beside the report so that lists need no other table
    acknowledge_by = models.DateTimeField()
    decide_by = models.DateTimeField()
    # Something from the reporter that nobody has looked at yet
    new_facts_at = models.DateTimeField(null=True)
    linked_to = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="linked", db_index=False
    )
    group = models.ForeignKey(
        "reporting.IncidentGroup",
        null=True,
        on_delete=models.SET_NULL,
        related_name="reports",
        db_index=False,
    )
    handoff_to = model_fields.organization(null=True, db_index=False)
    helped = models.CharField(max_length=6, choices=Answer.choices, blank=True)
    about_me = models.BooleanField(default=False)  # the reporter said "it is about me"
    # Stays open with a named person until it is handed over (reporting.md 9)
    crisis_lock = models.BooleanField(default=False)
    # Marked: its desk was told that it is destroyed soon; a week before at the latest
    end_told_at = models.DateTimeField(null=True)
    shredded_at = models.DateTimeField(null=True)

    locator_digest = models.BinaryField(max_length=32, unique=True, null=True)
    content_digest = models.BinaryField(max_length=32, null=True)

    objects: ClassVar[models.Manager[Report]] = ScopedManager(district="district")

    class Meta:
        base_manager_name = "objects"
        indexes: ClassVar = [
            # The desk's lists: open work by urgency, by what it waits for and by age, of one desk or a whole
            # district; everything by age. The last two columns only spare the counts of the tabs a look at
            # each row.
            models.Index(
                "desk",
                *IN_ORDER,
                "reserved_for",
                "holder",
                name="desk_open",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(
                "district",
                *IN_ORDER,
                "reserved_for",
                "holder",
                name="district_open",
                condition=models.Q(closed_at__isnull=True),
            ),
            # Partial, because nearly all rows have nothing there: an index full of nothing misleads the
            # planner at a million rows.
            models.Index(
                "holder",
                *IN_ORDER,
                name="holder_open",
                condition=models.Q(closed_at__isnull=True, holder__isnull=False),
            ),
            models.Index(
                fields=["linked_to"], name="linked_to_first", condition=models.Q(linked_to__isnull=False)
            ),
            models.Index(fields=["group"], name="in_a_group", condition=models.Q(group__isnull=False)),
            models.Index(fields=["desk", "-received_at", "-id"], name="desk_all"),
            models.Index(fields=["district", "-received_at", "-id"], name="district_all"),
            models.Index(
                fields=["district", "decide_by", "reserved_for"],
                name="undecided",
                condition=models.Q(decided_at__isnull=True, closed_at__isnull=True),
            ),
            models.Index(
                fields=["district", "acknowledge_by"],
                name="unacknowledged",
                condition=models.Q(acknowledged_at__isnull=True, closed_at__isnull=True),
            ),
            models.Index(
                fields=["closed_at"],
                name="closed",
                condition=models.Q(closed_at__isnull=False, shredded_at__isnull=True),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="finished_means_closed",
                condition=models.Q(state="finished", closed_at__isnull=False)
                | (~models.Q(state="finished") & models.Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="closed_means_decided",
                condition=models.Q(closed_at__isnull=True) | models.Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def thing(self) -> str:
        """How the ledger and duties name this report."""
        return f"report:{self.number}"

    @property
    def path(self) -> str:
        return f"/desk/reports/{self.number}/"

    @property
    def open(self) -> bool:
        return self.closed_at is None

    def is_late(self, at: datetime | None = None) -> bool:
        """True when a clock has run out, computed when read, so that it holds while the worker is down."""
        moment = at or now()
        if self.closed_at is not None:
            return False
        if self.acknowledged_at is None and self.acknowledge_by < moment:
            return True
        return self.decided_at is None and self.decide_by < moment

    @property
    def taken(self) -> bool:
        """Somebody has it, and nothing has come since that nobody has looked at: see TAKEN."""
        return self.acknowledged_at is not None and self.new_facts_at is None

    @property
    def age(self) -> timedelta:
        return now() - self.received_at


class Note(models.Model):
    """An internal note. The reporter never sees it."""

    uuid = model_fields.own_uuid()
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="notes")
    person = model_fields.person()
    body = SealedTextField("reporting.Note.body")
    # What a linked report adds: shown marked, beside the first report too
    new_facts = models.BooleanField(default=False)
    written_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Note]] = ScopedManager(district="report__district")

    def __str__(self) -> str:
        return f"note {self.pk}"


class Conflict(models.Model):
    """`person` may not see this report: it is about them, or about somebody who directs their work."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="conflicts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # True: the report is about this person; False: it is about their supervisor
    named = models.BooleanField()
    set_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Conflict]] = ScopedManager(district="report__district")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "person"], name="one_conflict")]

    def __str__(self) -> str:
        return f"conflict {self.report_id}/{self.person_id}"


class ReporterIdentity(models.Model):
    """Who wrote a confidential or identified report. A confidential one lies in a record of its own, opened
    by two custodians with a reason."""

    uuid = model_fields.own_uuid()
    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="identity")
    record = models.UUIDField()
    name = SealedTextField("reporting.ReporterIdentity.name")
    contact = SealedTextField("reporting.ReporterIdentity.contact", null=True)
    unlock_asked_by = model_fields.person(null=True)
    unlock_asked_at = models.DateTimeField(null=True)
    unlock_reason = SealedTextField("reporting.ReporterIdentity.unlock_reason", null=True)
    unlocked_by = model_fields.person(null=True)
    unlocked_until = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[ReporterIdentity]] = ScopedManager(district="report__district")

    def __str__(self) -> str:
        return f"identity {self.report_id}"
