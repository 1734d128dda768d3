"""The auditors' page of the ledger: where it stands, and a check of the whole chain on request."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from security_center.foundation.actors import ledger_name
from security_center.foundation.ledger import actions, queries
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import any_of


@login_required
@require_http_methods(["GET", "POST"])
def ledger(request: HttpRequest) -> HttpResponse:
    """GET tells where the ledger stands. POST verifies it, which is itself recorded."""
    person = request.user
    # The ledger has no content, but it tells who did what at every school: only auditors and administrators
    # look at it whole.
    if not isinstance(person, Person) or not any_of(person, [Permission.LEDGER_VERIFY]):
        raise PermissionDenied
    verification = actions.verify(actor=ledger_name(person)) if request.method == "POST" else None
    return render(request, "center/ledger.html", {"state": queries.state(), "verification": verification})
