"""What several public pages say: who reads when, and where to turn instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import formats
from django.utils.translation import gettext as _

from security_center.foundation.clock import now
from security_center.foundation.duties import heartbeat
from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.uploads import SealedUpload
from security_center.foundation.web.middleware import wanted_by_browser
from security_center.prevention import content_loader as plan
from security_center.prevention.queries import DAYS_LOOKED_AHEAD, PublicState
from security_center.prevention.recent import recent


@dataclass(frozen=True)
class Coverage:
    """One sentence on who reads and when. `calm` is False where nobody does, or where the alerts do not go
    out."""

    sentence: str
    calm: bool


def coverage_of(organization: Organization, state: PublicState) -> Coverage:
    """Says the truth about time and people. A promise of five minutes while no alert goes out would keep
    somebody from calling."""
    if not recent("worker", heartbeat.is_alive):
        return Coverage(plan.text("alerts_down"), calm=False)
    if state.covered_until is not None:
        if state.covered_until >= now() + timedelta(days=DAYS_LOOKED_AHEAD - 2):
            return Coverage(plan.text("coverage_always"), calm=True)
        return Coverage(
            plan.text("coverage_reading_now", time=spoken_time(state.covered_until, organization)), calm=True
        )
    if state.next_covered_at is not None:
        return Coverage(
            plan.text("coverage_nobody_now", time=spoken_time(state.next_covered_at, organization)),
            calm=False,
        )
    return Coverage(plan.text("coverage_nobody_known"), calm=False)


def spoken_time(moment: datetime, organization: Organization) -> str:
    """The school's wall time: "3:30 p.m.", with the day where it is not today's, with the date where the day
    could be two."""
    zone = organization.zone
    local, today = moment.astimezone(zone), now().astimezone(zone).date()
    time = formats.date_format(local, "TIME_FORMAT")
    if local.date() == today:
        return time
    day = formats.date_format(local, "l")
    if local.date() - today >= timedelta(days=6):
        day = f"{day} ({formats.date_format(local, 'MONTH_DAY_FORMAT')})"
    return _("%(day)s, %(time)s") % {"day": day, "time": time}


def who_reads(organization: Organization) -> str:
    """Whose people read what is sent here, in one sentence."""
    if organization.kind == Organization.Kind.SCHOOL:
        return plan.text("who_reads", school=organization.name)
    return _("Trained people at %(name)s read this. Nobody else does.") % {"name": organization.name}


@dataclass(frozen=True)
class Number:
    """Somebody who answers: what to call, or what to write to whom."""

    name: str
    when: str
    hours: str
    call: str = ""
    message_to: str = ""
    message_word: str = ""
    address: str = ""


def outside_numbers(state: PublicState | None, keys: tuple[str, ...] | None = None) -> list[Number]:
    """Where to turn instead, in the content's order; the state's line only where the plan names it. `keys`
    picks some, in that order."""
    known = {resource.key: resource for resource in plan.outside_resources()}
    found = []
    for resource in [known[key] for key in keys] if keys is not None else known.values():
        name, call = str(resource.name), resource.call
        if resource.from_plan:
            if state is None or state.form is None or not state.form.other_line_number:
                continue
            name, call = state.form.other_line_name or name, state.form.other_line_number
        word = str(resource.message_word) if resource.message_word else ""
        found.append(
            Number(
                name,
                str(resource.when),
                str(resource.hours),
                call,
                resource.message_to,
                word,
                resource.address,
            )
        )
    return found


def file_sentences(uploads: Iterable[SealedUpload]) -> list[str]:
    """One sentence for each file that did not arrive."""
    return [file_sentence(upload.name or "", upload.fault) for upload in uploads if upload.fault]


def file_sentence(name: str, fault: str) -> str:
    """Why this file did not arrive."""
    reasons = {
        "too_large": _("it is larger than 100 MB"),
        "no_space": _("we have no room for it right now. Try again later with your receipt words"),
        "empty": _("it is empty"),
        "too_many": _("only 10 files fit into one message. Add it later with your receipt words"),
        "busy": _("very many files are arriving right now. Add it later with your receipt words"),
    }
    broken = _("it broke off on the way. Try again with your receipt words")
    return _("“%(name)s” did not arrive: %(reason)s.") % {
        "name": name or _("A file"),
        "reason": reasons.get(fault, broken),
    }


def forget(uploads: Iterable[SealedUpload]) -> None:
    """Remove the sealed files of a form that was not taken. One that cannot be removed now is swept after a
    day."""
    for upload in uploads:
        try:
            upload.discard()
        except OSError:
            continue


def from_elsewhere(request: HttpRequest) -> bool:
    """Whether a page of another site made this browser send a form: its maker may know what stands in it, the
    receipt too.

    Every browser of today says so. One that says nothing of where a form comes from is so old that it cannot,
    and its reporter must be able to send."""
    site = request.headers.get("Sec-Fetch-Site", "")
    if site:
        return site not in {"same-origin", "none"}
    page = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        host = urlsplit(page).netloc.lower()
    except ValueError:
        return True
    return bool(page) and host not in {
        request.get_host().lower(),
        urlsplit(settings.SSC_PUBLIC_URL).netloc.lower(),
    }


def language_of(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", "en"))


def in_same_language(request: HttpRequest, path: str) -> str:
    """`path`, with the language where the reporter chose another than their browser asks for."""
    language = language_of(request)
    return path if language == wanted_by_browser(request) else f"{path}?lang={language}"


ONE_SIZE = 16 * 1024


def of_one_size(response: HttpResponse) -> HttpResponse:
    """The page, filled up with blanks to a multiple of `ONE_SIZE`. Whoever watches the line would else tell
    from its length what a report was about: with advice on suicide a page is a third longer than without."""
    missing = -len(response.content) % ONE_SIZE
    if missing < len("<!---->"):
        missing += ONE_SIZE
    response.content += f"<!--{' ' * (missing - len('<!---->'))}-->".encode()
    return response


class SeeOther(HttpResponseRedirect):
    """After a POST, to a page that can be loaded again without sending anything twice."""

    status_code = 303
