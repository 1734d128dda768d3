"""What is broken for the people who use this system, each with the way to mend it. For administrators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from security_center.foundation.clock import now
from security_center.foundation.duties import heartbeat
from security_center.foundation.duties import queries as duties
from security_center.foundation.ledger import queries as ledger
from security_center.foundation.notifications import queries as notifications
from security_center.foundation.organizations import queries as organizations
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.timekeeping import queries as timekeeping
from security_center.foundation.vault import provider as vault
from security_center.foundation.web import health
from security_center.prevention import pages, wording
from security_center.prevention import queries as prevention
from security_center.reporting import queries as reporting

from .backup import last_backup

BACKUP_AFTER = timedelta(days=1)
SIGNED_WITHIN = timedelta(minutes=10)
MOST = 60
MOST_ASKED = 20  # districts for which a query each is asked: whoever administers more is one of several administrators


@dataclass(frozen=True)
class Broken:
    """key: stable, for tests and links. grave: somebody may wait in vain because of it; such come first."""

    key: str
    title: str
    text: str
    url: str
    action: str
    grave: bool = False


def broken_for(person: Person) -> list[Broken]:
    """Everything that needs an administrator, the gravest first; nothing for others."""
    places = organizations.organizations_for(person, Permission.ORGANIZATION_EDIT).select_related("parent__parent")
    administered = list(places.filter(active=True).order_by("name"))
    if not administered:
        return []
    desks = [place for place in administered if place.kind != Organization.Kind.STATE]
    found = [*_of_the_machine(), *_of_the_mail(desks), *_of_the_desks(desks), *_of_the_places(administered, desks)]
    return sorted(found, key=lambda one: not one.grave)[:MOST]


def _mend(key: str) -> str:
    return reverse("center:mend", args=[key])


def _of_the_machine() -> Iterator[Broken]:
    how = _("What to do")
    if not heartbeat.is_alive():
        last = heartbeat.last()
        text = _("It was never heard.") if last is None else _("It was last heard on %(at)s UTC.") % {"at": date_format(last, "DATETIME_FORMAT")}
        title = _("The worker is not running: nobody is alerted")
        yield Broken("worker", title, text, _mend("worker"), how, grave=True)
    if not vault.is_open():
        text = _("Reports are still taken and kept sealed, but nobody can read them.")
        yield Broken("key", _("The vault’s key file is missing"), text, _mend("key"), how, grave=True)
    if full := health.disk():
        yield Broken("disk", _("The disk is full"), full, _mend("disk"), how, grave=True)
    watch = timekeeping.distrusted()
    if watch is not None:
        text = _("It stood %(minutes)d minutes off. Alerts go on; nothing is destroyed or published until the time is right.") % {
            "minutes": watch.jump_seconds / 60
        }
        yield Broken("clock", _("The clock of the system is not believed"), text, _mend("clock"), how, grave=True)
    backup = last_backup()
    if backup is None:
        text = _("If this machine breaks, every report is lost.")
        yield Broken("backup", _("No backup was ever made"), text, _mend("backup"), how)
    elif backup < now() - BACKUP_AFTER:
        text = _("The last one was finished on %(at)s UTC.") % {"at": date_format(backup, "DATETIME_FORMAT")}
        yield Broken("backup", _("The last backup is older than a day"), text, _mend("backup"), how)
    state = ledger.state()
    if state.last_at is not None and state.signed_sequence < state.last_sequence and _unsigned_for_long(state):
        text = _("There are entries up to %(last)d; those up to %(signed)d are signed.") % {
            "last": state.last_sequence,
            "signed": state.signed_sequence,
        }
        yield Broken("ledger", _("The ledger is not being signed"), text, reverse("center:ledger"), _("Look at the ledger"))
    if duties.ledger_is_broken():
        text = _("Keep a copy of the data folder as it is now, before anything else.")
        yield Broken("ledger_changed", _("The ledger is not as it was signed"), text, reverse("center:ledger"), _("Look at the ledger"), grave=True)
    if unproved := ledger.without_copy_elsewhere():
        yield Broken("ledger_copy", _("The ledger’s signatures are on this machine only"), unproved, _mend("ledger_copy"), how)
    jobs, tasks = [job.name for job in duties.failing_jobs()], duties.failed_tasks(days=7)
    if jobs or tasks:
        text = _("Jobs that fail: %(jobs)s. Tasks given up in seven days: %(tasks)d.") % {"jobs": ", ".join(jobs) or "0", "tasks": tasks}
        yield Broken("jobs", _("Work of the worker fails"), text, _mend("jobs"), how)


def _unsigned_for_long(state: ledger.State) -> bool:
    """Signing runs each minute. An entry of this minute is no alarm; one that stands unsigned while the last signature is old is."""
    last_sign = state.signed_at
    waiting_since = last_sign if last_sign is not None else state.last_at
    return waiting_since is not None and waiting_since < now() - SIGNED_WITHIN


def _of_the_mail(desks: list[Organization]) -> Iterator[Broken]:
    if not settings.SSC_EMAIL_CONFIGURED:
        text = _("Alerts show on the screen only and wake nobody.")
        yield Broken("mail", _("No mail server is set up"), text, _mend("mail"), _("What to do"), grave=True)
        return
    unreached = notifications.unreached(days=7)
    if unreached:
        names = ", ".join(person.name for person in unreached[:5])
        title = ngettext("Mail does not reach %(count)d person", "Mail does not reach %(count)d people", len(unreached)) % {"count": len(unreached)}
        yield Broken("undelivered", title, names, _mend("mail"), _("What to do"), grave=True)
    by_screen = notifications.proved_by_screen_only(prevention.people_in_calendars(desks))
    if by_screen and not settings.SSC_DEMO:
        text = _("They proved that they read their screen, before a mail server was set up: %(names)s.") % {
            "names": ", ".join(person.name for person in by_screen[:5])
        }
        yield Broken("screen_only", _("Some readers never proved their mailbox"), text, _alerts_url(desks), _("Send test alerts"))


def _alerts_url(desks: list[Organization]) -> str:
    district = next((desk for desk in desks if desk.kind == Organization.Kind.DISTRICT), None)
    return reverse("center:set_up_alerts", args=[district.slug]) if district is not None else reverse("center:set_up_start")


def _of_the_desks(desks: list[Organization]) -> Iterator[Broken]:
    for line in pages.desk_lines(desks):
        place = line.organization
        if not line.open:
            reasons = " ".join(wording.missing_in_words(code) for code in line.closed_because) or wording.missing_in_words("not_active")
            title = _("The report form of %(name)s is closed") % {"name": place.name}
            url, action = _way_to_open(place, line.closed_because)
            yield Broken(f"closed:{place.slug}", title, reasons, url, action, grave=True)
        if line.gap:
            title = _("Hours without a reader at %(name)s") % {"name": place.name}
            url = reverse("prevention:coverage", args=[place.slug])
            yield Broken(f"gap:{place.slug}", title, line.gap, url, _("Fill the calendar"))
    ringing = duties.ringing_for_nobody(desks).count()
    if ringing:
        title = ngettext("%(count)d duty rings and reaches nobody", "%(count)d duties ring and reach nobody", ringing) % {"count": ringing}
        text = _("Nobody is named where its alert goes. Name readers in the calendar, or somebody on call for the district.")
        yield Broken("ringing", title, text, reverse("prevention:index"), _("Look at the calendars"), grave=True)


def _way_to_open(place: Organization, codes: list[str]) -> tuple[str, str]:
    code = codes[0] if codes else ""
    if code == "no_plan":
        return reverse("prevention:plan", args=[place.slug]), _("Adopt a plan")
    if code == "no_reader":
        return reverse("prevention:coverage", args=[place.slug]), _("Name readers")
    if code == "unproved_reader":
        return reverse("center:set_up_alerts", args=[place.district.slug]), _("Send test alerts")
    return reverse("organizations:organization", args=[place.pk]), _("Open its page")


def _of_the_places(administered: list[Organization], desks: list[Organization]) -> Iterator[Broken]:
    for district in prevention.districts_without_alternate(desks):
        title = _("Nobody takes reports about %(name)s itself") % {"name": district.name}
        text = _("A report about the district’s own people would ring for nobody. Name one person who takes it.")
        yield Broken(f"alternate:{district.slug}", title, text, reverse("prevention:coverage", args=[district.slug]), _("Name somebody"))
    for district in reporting.districts_that_need_another_alternate(desks):
        title = _("A report about %(name)s itself waits for another reader") % {"name": district.name}
        text = _("Whoever takes such reports may not read this one. Name another person; it rings for them at once.")
        url = reverse("prevention:coverage", args=[district.slug])
        yield Broken(f"another-alternate:{district.slug}", title, text, url, _("Name somebody"), grave=True)
    for place in administered:
        if place.kind == Organization.Kind.DISTRICT and not place.dispatch_number:
            title = _("%(name)s has no dispatch number") % {"name": place.name}
            text = _("After 30 minutes without an answer the superintendent is told which number to call.")
            yield Broken(f"dispatch:{place.slug}", title, text, reverse("organizations:organization", args=[place.pk]), _("Enter it"))
    for place in [place for place in administered if place.kind == Organization.Kind.DISTRICT][:MOST_ASKED]:
        if len(organizations.people_with_role(place, Role.ADMINISTRATOR, include_above=True)) < 2:
            title = _("%(name)s has only one administrator") % {"name": place.name}
            text = _("When they lose their phone, nobody can let them in again. Give a second person the role.")
            yield Broken(
                f"administrator:{place.slug}", title, text, f"{reverse('organizations:people')}?organization={place.pk}", _("See the people")
            )
