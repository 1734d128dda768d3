"""Who outside was told what, and the packet for the next one: it says what this party has and has not been
given (threat-assessment.md F6)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions.case_access import look
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.views.lookups import about_case, act_page, current_person

from .. import content_loader as content
from ..actions import disclosures
from ..forms_records import PacketForm
from ..models import Disclosure
from ..queries.disclosures import WITHOUT_TEXT, PartyView, log_of, parties
from ..queries.texts import parts_of
from . import papers


@require_GET
@about_case(Permission.CASE_WRITE)
def told(request: HttpRequest, case: Case) -> HttpResponse:
    """The log, and each party with what is usual for it and was not given yet."""
    opened = look(actor=current_person(request), case=case)
    views = parties(case, parts_of(current_person(request), case, opened))
    log = [
        (said, content.receivers()[said.row.receiver], content.grounds()[said.row.ground])
        for said in log_of(case, opened)
    ]
    rules = [doctrine.privacy_rules()[key] for key in ("emergency", "emergency_log", "disclosure_log")]
    return act_page(
        request,
        case,
        "case_records/told",
        None,
        parties=views,
        log=log,
        rules=rules,
        note=doctrine.counsel_note(),
    )


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def packet(request: HttpRequest, case: Case, receiver: str) -> HttpResponse:
    """One party: what it has, what it has not, and one press that makes the packet and logs it."""
    if receiver not in content.receivers():
        raise Http404
    opened = look(actor=current_person(request), case=case)
    parts = parts_of(current_person(request), case, opened)
    view = next(one for one in parties(case, parts) if one.key == receiver)
    posted = request.method == "POST"
    form = PacketForm(request.POST if posted else None, receiver=receiver)
    names = set(request.POST.getlist("part")) if posted else _usual(view)
    groups = [key for key in request.POST.getlist("group") if key in WITHOUT_TEXT]
    if posted and form.is_valid():
        data = form.cleaned_data
        chosen = [part for part in parts if part.name in names and part.group]
        given = papers.Given(receiver, data["ground"], data["who"], data["relied_on"])
        try:
            wanted = data["way"] == Disclosure.Way.PACKET and all(
                disclosures.may_go(one, receiver, given.ground) for one in chosen
            )
            drawn = (
                papers.packet(current_person(request), case, opened, given, chosen)
                if chosen and wanted
                else b""
            )
            disclosures.tell(
                actor=current_person(request),
                case=case,
                receiver=receiver,
                ground=given.ground,
                name=given.name,
                relied_on=given.relied_on,
                parts=chosen,
                groups=groups,
                way=data["way"],
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            if drawn:
                return papers.pdf(drawn, f"{case.number}-{receiver}")
            messages.success(request, _("It is in the log, with your name."))
            return redirect("case_records:told", number=case.number)
    return act_page(
        request,
        case,
        "case_records/packet",
        form,
        view=view,
        chosen=names,
        with_photo="photo" in groups,
        grounds=content.grounds().values(),
    )


def _usual(view: PartyView) -> set[str]:
    """What is ticked to begin with: the usual groups of this party, apart from what it has."""
    ground = content.receivers()[view.key].ground
    found: set[str] = set()
    for line in view.groups:
        if line.usual:
            found |= {
                part.name
                for part in line.missing
                if disclosures.may_go(part, view.key, ground) and not part.withheld
            }
    return found
