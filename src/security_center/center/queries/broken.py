"""What is broken for the people who use this system, each with the way to mend it. For administrators."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from security_center.foundation.duties import queries as duties
from security_center.foundation.notifications import queries as notifications
from security_center.foundation.organizations import queries as organizations
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.places import Place, light, whole
from security_center.foundation.sqlite import damage
from security_center.prevention import pages, wording
from security_center.prevention import queries as prevention
from security_center.reporting import queries as reporting

from .broken_machine import Broken, mend, of_the_file, of_the_machine, of_the_values

FEW = 10  # places of which each gets a line of its own
NAMED = 3


def broken_for(person: Person, published: pages.Published | None = None) -> list[Broken]:
    """Everything that needs an administrator, the gravest first; nothing for others. A fixed number of
    queries, a whole state's too: of what is broken at many places one line says how many there are.
    `published`: of these desks at least, where it was asked already."""
    administered = organizations.organizations_for(person, Permission.ORGANIZATION_EDIT).filter(active=True)
    places = light(administered)
    if not places:
        return []
    desks = administered.exclude(kind=Organization.Kind.STATE)
    of_desks = [place for place in places if place.kind != Organization.Kind.STATE]
    published = published or damage.readable(partial(pages.published, desks), None)
    of_districts = [place for place in of_desks if place.kind == Organization.Kind.DISTRICT]
    found: list[Broken] = []
    for broken in (
        of_the_machine(),
        _of_the_mail(person, desks, of_desks),
        _of_the_desks(desks, of_desks, published) if published is not None else iter(()),
        _of_the_districts(desks.filter(kind=Organization.Kind.DISTRICT), of_districts),
    ):
        damage.readable(partial(found.extend, broken), None)
    found += [*of_the_file(), *of_the_values()]  # last: what was asked before may have met the damage
    return sorted(found, key=lambda one: not one.grave)


def _each_or_together(
    places: Sequence[Place],
    each: Callable[[Sequence[Place]], Iterator[Broken]],
    together: Callable[[], Broken],
) -> Iterator[Broken]:
    """A line for each of a few places, one line for many: nobody reads a thousand lines, and none of the
    places may be left out of the count."""
    if len(places) <= FEW:
        yield from each(places)
        return
    line = together()
    named = _("%(names)s and %(more)d more") % {
        "names": ", ".join(place.name for place in places[:NAMED]),
        "more": len(places) - NAMED,
    }
    yield replace(line, text=f"{named}. {line.text}" if line.text else f"{named}.")


def _of_the_mail(person: Person, desks: QuerySet[Organization], of_desks: list[Place]) -> Iterator[Broken]:
    if not notifications.alerts_leave():
        text = _("Alerts show on the screen only and wake nobody.")
        yield Broken("mail", _("No mail server is set up"), text, mend("mail"), _("What to do"), grave=True)
        return
    unreached = notifications.unreached(organizations.visible_people(person, Permission.PEOPLE_EDIT))
    if unreached:
        names = ", ".join(one.name for one in unreached[:5])
        title = ngettext(
            "Mail does not reach %(count)d person", "Mail does not reach %(count)d people", len(unreached)
        ) % {"count": len(unreached)}
        yield Broken("undelivered", title, names, mend("mail"), _("What to do"), grave=True)
        yield from _of_the_mail_server()
    by_screen = (
        []
        if settings.SSC_DEMO
        else notifications.proved_by_screen_only(prevention.people_in_calendars(desks))[:5]
    )
    if by_screen:
        text = _("They proved that they read their screen, before a mail server was set up: %(names)s.") % {
            "names": ", ".join(one.name for one in by_screen)
        }
        yield Broken(
            "screen_only",
            _("Some readers never proved their mailbox"),
            text,
            _alerts_url(of_desks),
            _("Send test alerts"),
        )


def _of_the_mail_server() -> Iterator[Broken]:
    """What no later attempt mends: somebody has to look at the server's settings."""
    title = str(notifications.lasting_fault())
    if title:
        text = _("No mail goes out until this is mended. It is tried again for a day.")
        yield Broken("mail_server", title, text, mend("mail"), _("What to do"), grave=True)


def _alerts_url(desks: list[Place]) -> str:
    slug = next((desk.slug for desk in desks if desk.kind == Organization.Kind.DISTRICT), "")
    return reverse("center:set_up_alerts", args=[slug]) if slug else reverse("center:set_up_start")


def _of_the_desks(
    desks: QuerySet[Organization], of_desks: list[Place], found: pages.Published
) -> Iterator[Broken]:
    plans = reverse("prevention:index")
    closed = [desk for desk in of_desks if desk.pk not in found.open]

    def each_closed(places: Sequence[Place]) -> Iterator[Broken]:
        for place in places:
            code = found.why_closed(place.pk)
            title = _("The report form of %(name)s is closed") % {"name": place.name}
            url, action = _way_to_open(place, code)
            yield Broken(
                f"closed:{place.slug}", title, wording.missing_in_words(code), url, action, grave=True
            )

    def all_closed() -> Broken:
        return Broken(
            "closed",
            _("%(count)d report forms are closed") % {"count": len(closed)},
            "",
            plans,
            _("See them"),
            grave=True,
        )

    yield from _each_or_together(closed, each_closed, all_closed)
    with_gap = [desk for desk in of_desks if desk.pk in found.gap]

    def each_gap(places: Sequence[Place]) -> Iterator[Broken]:
        for line in pages.desk_lines(whole(places), plans=False) if places else ():
            place = line.organization
            title = _("Hours without a reader at %(name)s") % {"name": place.name}
            yield Broken(
                f"gap:{place.slug}",
                title,
                line.gap,
                reverse("prevention:coverage", args=[place.slug]),
                _("Fill the calendar"),
            )

    def all_gaps() -> Broken:
        return Broken(
            "gap",
            _("Hours without a reader at %(count)d desks") % {"count": len(with_gap)},
            "",
            plans,
            _("See them"),
        )

    yield from _each_or_together(with_gap, each_gap, all_gaps)
    ringing = duties.ringing_for_nobody(desks).count()
    if ringing:
        title = ngettext(
            "%(count)d duty rings and reaches nobody", "%(count)d duties ring and reach nobody", ringing
        ) % {"count": ringing}
        text = _(
            "Nobody is named where its alert goes. Name readers in the calendar, or somebody on "
            "call for the district."
        )
        yield Broken("ringing", title, text, plans, _("Look at the calendars"), grave=True)


def _way_to_open(place: Place, code: str) -> tuple[str, str]:
    if code == "no_plan":
        return reverse("prevention:plan", args=[place.slug]), _("Adopt a plan")
    if code == "no_reader":
        return reverse("prevention:coverage", args=[place.slug]), _("Name readers")
    if code == "unproved_reader":
        return reverse("center:set_up_alerts", args=[place.district[2]]), _("Send test alerts")
    return reverse("organizations:organization", args=[place.pk]), _("Open its page")


def _of_the_districts(districts: QuerySet[Organization], every: list[Place]) -> Iterator[Broken]:
    """What a district itself lacks."""

    def lines(
        key: str,
        places: Sequence[Place],
        title: Any,
        many: Any,
        text: Any,
        url: Callable[[Place], str],
        action: Any,
        *,
        grave: bool = False,
    ) -> Iterator[Broken]:
        def each(some: Sequence[Place]) -> Iterator[Broken]:
            for place in some:
                yield Broken(
                    f"{key}:{place.slug}", title % {"name": place.name}, text, url(place), action, grave=grave
                )

        def together() -> Broken:
            return Broken(
                key,
                many % {"count": len(places)},
                text,
                reverse("center:set_up_start"),
                _("See the districts"),
                grave=grave,
            )

        return _each_or_together(places, each, together)

    def calendar(place: Place) -> str:
        return reverse("prevention:coverage", args=[place.slug])

    yield from lines(
        "alternate",
        light(prevention.without_alternate(districts)),
        _("Nobody takes reports about %(name)s itself"),
        _("%(count)d districts have nobody who takes reports about the district itself"),
        _("A report about the district’s own people would ring for nobody. Name one person who takes it."),
        calendar,
        _("Name somebody"),
    )
    yield from lines(
        "another-alternate",
        reporting.districts_that_need_another_alternate(every),
        _("A report about %(name)s itself waits for another reader"),
        _("In %(count)d districts a report about the district itself waits for another reader"),
        _(
            "Whoever takes such reports may not read this one. Name another person; it rings for "
            "them at once."
        ),
        calendar,
        _("Name somebody"),
        grave=True,
    )
    yield from lines(
        "dispatch",
        light(districts.filter(dispatch_number="")),
        _("%(name)s has no dispatch number"),
        _("%(count)d districts have no dispatch number"),
        _("After 30 minutes without an answer the superintendent is told which number to call."),
        lambda place: reverse("organizations:organization", args=[place.pk]),
        _("Enter it"),
    )
    administrators = organizations.who_holds(Role.ADMINISTRATOR, districts)
    yield from lines(
        "administrator",
        [
            place
            for place in every
            if len(administrators[place.pk] | administrators[place.parent_id or 0]) < 2
        ],
        _("%(name)s has only one administrator"),
        _("%(count)d districts have only one administrator"),
        _("When they lose their phone, nobody can let them in again. Give a second person the role."),
        lambda place: f"{reverse('organizations:people')}?organization={place.pk}",
        _("See the people"),
    )
