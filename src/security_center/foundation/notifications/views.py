"""The inbox (one's own messages) and the page that a test alert's link opens."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.organizations.models import Person

from . import actions, queries


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    person = _person(request)
    page = queries.inbox(person, int(before) if before.isdecimal() and len(before) < 19 else None)
    shown = page[: queries.INBOX_PAGE]
    context = {
        "page_messages": shown,
        "next_before": shown[-1].pk if len(page) > queries.INBOX_PAGE else None,
        "is_first_page": not before,
        "unread": queries.unread_count(person),
        "to_confirm": queries.to_confirm_on_screen(shown),
        "mail_is_set_up": queries.alerts_leave(),
    }
    return render(request, "notifications/inbox.html", context)


@login_required
@require_POST
def mark_read(request: HttpRequest, message_id: int) -> HttpResponse:
    person = _person(request)
    message = queries.message_of(person, message_id)
    if message is None:
        raise Http404
    actions.mark_read(actor=person, message=message)
    return redirect(message.path if "open" in request.POST and message.path else "notifications:inbox")


@login_required
@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    actions.mark_all_read(actor=_person(request))
    return redirect("notifications:inbox")


@login_required
@require_POST
def send_own_test_alert(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    actions.send_test_alert(actor=person, person=person)
    return redirect("notifications:inbox")


@login_required
@require_POST
def confirm_on_screen(request: HttpRequest, message_id: int) -> HttpResponse:
    person = _person(request)
    message = queries.message_of(person, message_id)
    if message is None:
        raise Http404
    try:
        actions.confirm_on_screen(actor=person, message=message)
    except queries.AlertUsed:
        messages.info(request, _("This test alert was confirmed before. You do not need to do anything."))
    except (queries.AlertUnknown, queries.AlertOver):
        messages.error(request, _("This test alert cannot be confirmed here. Send yourself a new one below."))
    else:
        messages.success(request, _("Thank you. It is written down that you read your alerts here."))
    return redirect("notifications:inbox")


@require_http_methods(["GET", "POST"])
def test_alert(request: HttpRequest, token: str) -> HttpResponse:
    """No sign-in: whoever has the token has read the mailbox, which is all that is proved here. Opening the
    link is not enough, since mail programs open links by themselves."""
    try:
        alert = (
            actions.confirm_test_alert(token=token) if request.method == "POST" else queries.open_alert(token)
        )
    except queries.AlertUnknown:
        return render(request, "notifications/test_alert.html", {"state": "unknown"}, status=404)
    except queries.AlertUsed:
        return render(request, "notifications/test_alert.html", {"state": "used"})
    except queries.AlertOver:
        return render(request, "notifications/test_alert.html", {"state": "over"}, status=410)
    return render(
        request, "notifications/test_alert.html", {"state": "confirmed" if alert.confirmed_at else "ask"}
    )


test_alert.__test__ = False  # type: ignore[attr-defined]  # a view, not a test
