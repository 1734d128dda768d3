"""A report that another desk hands over: what the receiver may know before taking it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import require
from security_center.foundation.refusals import tell
from security_center.prevention.content_loader import categories

from ..actions import handoffs as acts
from ..queries.handoffs import offer_for
from .lookups import current_person, in_zone_of


@require_http_methods(["GET", "POST"])
def handoff(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """See from where it comes and how urgent it is; take it over by a press."""
    offer = offer_for(current_person(request), pk)
    if offer is None:
        raise Http404
    require(current_person(request), Permission.REPORT_WRITE, offer.handoff.to_desk)
    if request.method == "POST":
        try:
            report = acts.take_over(actor=current_person(request), handoff=offer.handoff)
        except acts.OfferGone as refusal:
            tell(request, refusal)
            return redirect("reporting:desk")
        messages.success(request, _("It is yours now. The other desk can read it no longer."))
        return redirect("reporting:report", number=report.number)
    with in_zone_of(offer.handoff.to_desk):
        context = {
            "offer": offer,
            "category": categories().get(offer.category),
            "trail": [(_("Desk"), reverse("reporting:desk"))],
        }
        return render(request, "reporting/desk/handoff.html", context)
