"""The first page, by role: what is mine today, what is late, what changed, and the figures that must be
zero."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Case, When
from django.utils.translation import gettext as _

from security_center.foundation.clock import now
from security_center.foundation.duties import queries as duties
from security_center.foundation.duties.models import Duty
from security_center.foundation.ledger import queries as ledger
from security_center.foundation.notifications import kinds
from security_center.foundation.organizations import queries as organizations
from security_center.foundation.organizations.models import AccessSession, Organization, Person, Role
from security_center.foundation.organizations.permissions import ROLE_PERMISSIONS, Permission
from security_center.foundation.organizations.policies import any_of, held
from security_center.foundation.sqlite.damage import readable
from security_center.foundation.wording import moment_in_words
from security_center.prevention import readiness
from security_center.prevention.pages import Published, published
from security_center.reporting.queries import Changes, NeverZero, changes_since, never_zero, things_kept_from

from . import set_up
from .broken import broken_for
from .broken_machine import Broken
from .rollups import DeskRow, DistrictRow, RollUp

# With urgency U1: somebody may be in danger, and nobody has taken it up yet
UNTAKEN = ("reporting.acknowledge", "case.step", "case.imminent")
DUTIES_SHOWN = 10
LATE_SHOWN = 5
SESSIONS_SHOWN = 5
DESKS_SHOWN = 12
UNKNOWN = NeverZero(None, None, None, None)
SOON = timedelta(hours=1)  # what is due just after midnight is not another day's work


@dataclass(frozen=True)
class DutyLine:
    duty: Duty
    subject: str
    late: bool
    due: str  # in the words of the organization's own wall clock
    about: str = (
        ""  # a report's or case's number, or a word of the room that tells this one from others of its kind
    )


@dataclass(frozen=True)
class Home:
    roles: list[str]
    figures: NeverZero | None = None
    may_open_lists: bool = False
    today: list[DutyLine] = field(default_factory=list)  # the person's own: late, or due today
    later: list[DutyLine] = field(default_factory=list)
    # Names of the person's own desks at which nobody can report now
    closed: list[str] = field(default_factory=list)
    mine_more: bool = False
    late: list[DutyLine] = field(default_factory=list)
    since: datetime | None = None
    changes: Changes | None = None
    desks: list[DeskRow] = field(default_factory=list)  # those that need somebody most
    # In their place, for whoever sees more desks than a page holds
    districts: list[DistrictRow] = field(default_factory=list)
    more: bool = False
    together: RollUp | None = None
    ready: int | None = 0  # of the desks, how many lack nothing to work by their plan
    hidden: bool = (
        False  # a damaged page of the database hides duties of this person, or of others that are late
    )
    desks_hidden: bool = False
    broken: list[Broken] = field(default_factory=list)
    administers: bool = False
    audits: bool = False
    ledger: ledger.State | None = None
    unproved: str = ""  # what the ledger cannot prove on this installation
    sessions: list[AccessSession] | None = field(default_factory=list)  # None: they cannot be read
    set_up_waits: bool = False
    begins: bool = False

    @property
    def has_aside(self) -> bool:
        return self.since is not None or self.audits

    @property
    def undecided_is_zero(self) -> bool | None:
        return _is_zero(self.figures.without_decision if self.figures is not None else 0)

    @property
    def late_is_zero(self) -> bool | None:
        return _is_zero(self.figures.late if self.figures is not None else 0)


def _is_zero(count: int | None) -> bool | None:
    return None if count is None else count == 0


def home(person: Person) -> Home:
    roles = {Role(assignment.role) for assignment in held(person)}
    lists, statistics = any_of(person, [Permission.REPORT_LIST]), any_of(person, [Permission.STATISTICS_VIEW])
    administers, audits = Role.ADMINISTRATOR in roles, Role.AUDITOR in roles
    since = readable(lambda: last_sign_in_before_this(person), None)
    # A danger that nobody has taken yet comes before what has been late for days: it may be the last of many.
    taken_up = Case(When(kind__in=UNTAKEN, urgency="U1", then=0), default=1)
    own: list[Duty] | None = readable(
        lambda: list(duties.open_for(person).order_by(taken_up, "due_at", "pk")[: DUTIES_SHOWN + 1]), None
    )
    oversees = statistics and bool(
        roles
        & {Role.SUPERINTENDENT, Role.DISTRICT_SAFETY_LEAD, Role.AUDITOR, Role.ADMINISTRATOR, Role.PRINCIPAL}
    )
    together = RollUp(person) if oversees else None
    wide = together is not None and together.is_wide
    watched = organizations.organizations_for(person, Permission.STATISTICS_VIEW)
    # What a team practices on is nobody else's affair.
    overdue = duties.late(watched).exclude(thing__startswith="practice:")
    told_of_late = roles & {Role.SUPERINTENDENT, Role.DISTRICT_SAFETY_LEAD, Role.PRINCIPAL}
    overtime: list[Duty] | None = (
        readable(lambda: list(overdue[: DUTIES_SHOWN + LATE_SHOWN]), None) if told_of_late else []
    )
    found = [*(own or ()), *(overtime or ())]
    # The number of a report that is about this person, or reserved for somebody else, must not stand here
    # because a clock has run out. Where that cannot be read, none of them is shown.
    kept = readable(lambda: things_kept_from(person, [duty.thing for duty in found]), None)
    hidden = own is None or overtime is None or kept is None
    if kept is None:
        kept = {duty.thing for duty in found}
    mine, late = ([duty for duty in some or () if duty.thing not in kept] for some in (own, overtime))
    sessions = organizations.access_sessions_visible_to(person) if audits else None
    nothing: dict[int, str] = {}
    about = readable(lambda: _abouts([*mine[:DUTIES_SHOWN], *late]), nothing)
    desks = (
        readable(partial(together.worst_desks, DESKS_SHOWN), None)
        if together is not None and not wide
        else []
    )
    districts = (
        readable(partial(together.worst_districts, DESKS_SHOWN), None)
        if together is not None and wide
        else []
    )
    return Home(
        roles=[
            f"{assignment.get_role_display()}, {assignment.organization.name}" for assignment in held(person)
        ],
        figures=readable(lambda: _figures(person, lists, together), UNKNOWN) if lists or statistics else None,
        may_open_lists=lists,
        today=[_line(duty, about) for duty in mine[:DUTIES_SHOWN] if _is_due_today(duty)],
        later=[_line(duty, about) for duty in mine[:DUTIES_SHOWN] if not _is_due_today(duty)],
        mine_more=len(mine) > DUTIES_SHOWN,
        closed=readable(lambda: _closed(person), []) if lists else [],
        late=[_line(duty, about) for duty in late if duty.pk not in {one.pk for one in mine}][:LATE_SHOWN],
        hidden=hidden,
        since=since,
        changes=readable(lambda: changes_since(person, since), None) if since is not None and lists else None,
        desks=desks or [],
        districts=districts or [],
        desks_hidden=desks is None or districts is None,
        more=together is not None and (wide or len(together.desks) > DESKS_SHOWN),
        together=together,
        ready=readable(partial(_ready, together), None) if together is not None else 0,
        # Whoever administers a place sees its statistics too, so what is published there is known already.
        broken=broken_for(
            person, readable(partial(_published, together), None) if together is not None else None
        )
        if administers
        else [],
        administers=administers,
        audits=audits,
        ledger=readable(ledger.state, None) if audits else None,
        unproved=ledger.without_copy_elsewhere() if audits else "",
        sessions=readable(lambda: list(sessions.order_by("-started_at")[:SESSIONS_SHOWN]), None)
        if sessions is not None
        else [],
        set_up_waits=administers
        and together is not None
        and (not together.desks or readable(partial(_any_closed, together), False)),
        begins=readable(lambda: set_up.may_begin(person), False),
    )


def _figures(person: Person, lists: bool, together: RollUp | None) -> NeverZero:
    """Those whose lists the person may open; for who may open none, the sums of what stands beside each
    desk."""
    if lists or together is None:
        return never_zero(person, Permission.REPORT_LIST if lists else Permission.STATISTICS_VIEW)
    every = together.counts.values()
    return NeverZero(
        without_decision=sum(one.without_decision for one in every),
        unread=sum(one.unread for one in every),
        late=sum(one.late for one in every),
        open=sum(one.open for one in every),
    )


def _closed(person: Person) -> list[str]:
    """A desk to which nothing comes looks like a quiet one."""
    roles = [one for one in held(person) if Permission.REPORT_LIST in ROLE_PERMISSIONS[Role(one.role)]]
    desks = {
        one.organization_id: one.organization
        for one in roles
        if one.organization.kind != Organization.Kind.STATE
    }
    is_open = published(Organization.objects.filter(pk__in=desks, active=True)).open
    return [desk.name for desk in desks.values() if desk.pk not in is_open]


def _published(together: RollUp) -> Published:
    return together.published


def _any_closed(together: RollUp) -> bool:
    return bool(together.closed)


def _ready(together: RollUp) -> int:
    missing = readiness.missing(together.places, published=together.published)
    return len(together.desks) - len(set().union(*missing.values()))


def _is_due_today(duty: Duty) -> bool:
    """Late, due on this day of the organization's own calendar, or due within the hour."""
    zone, at = duty.organization.zone, now()
    return duty.due_at <= at + SOON or duty.due_at.astimezone(zone).date() <= at.astimezone(zone).date()


def _abouts(found: list[Duty]) -> dict[int, str]:
    """What tells each from others of its kind: the word that its room gives, or the number that people use. A
    mere count of rows says nothing."""
    said: dict[int, str] = {}
    for kind in {duty.kind for duty in found}:
        ours = [duty for duty in found if duty.kind == kind]
        asked = kinds.get(kind).about if kinds.is_known(kind) else None
        words = asked([duty.thing for duty in ours]) if asked is not None else {}
        for duty in ours:
            number = duty.number()
            said[duty.pk] = words.get(duty.thing, "" if number.isdecimal() else number)
    return said


def _line(duty: Duty, about: dict[int, str]) -> DutyLine:
    """What must be done, in the fixed words of its kind: nothing of a report."""
    due = moment_in_words(duty.due_at, duty.organization)
    if not kinds.is_known(duty.kind):
        return DutyLine(duty, _("You have a duty"), duty.is_late(now()), due)
    values = {"organization": duty.organization.name, "number": duty.number()}
    subject = kinds.completed(kinds.get(duty.kind).subject, values)
    return DutyLine(duty, subject, duty.is_late(now()), due, about.get(duty.pk, ""))


def last_sign_in_before_this(person: Person) -> datetime | None:
    """When the person signed in before the present time; the ledger is the one that knows. None at the first
    sign-in."""
    moments = (
        ledger.entries_about(f"person:{person.pk}")
        .filter(verb="person.signed_in")
        .order_by("-sequence")
        .values_list("at", flat=True)[:2]
    )
    return moments[1] if len(moments) == 2 else None
