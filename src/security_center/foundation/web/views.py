"""Pages that belong to no room: errors, health, the offline page, and what makes the public side
installable."""

from __future__ import annotations

import logging
import re
import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from security_center.foundation.full_disk import is_full
from security_center.foundation.sqlite import damage
from security_center.foundation.vault import damage as values
from security_center.foundation.vault.errors import SealBroken
from security_center.foundation.web import health
from security_center.foundation.web.navigation import public_menu

logger = logging.getLogger(__name__)


def _shell(request: HttpRequest) -> str:
    return "web/base_public.html" if settings.SSC_PROGRAM == "public" else "web/base_staff.html"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/errors/404.html", {"shell": _shell(request)}, status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/errors/400.html", {"shell": _shell(request)}, status=400)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/errors/403.html", {"shell": _shell(request)}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page after a fault. It asks the database nothing: the database may be what failed."""
    fault = sys.exc_info()[1]
    value, file = isinstance(fault, SealBroken), damage.is_damage(fault)
    if file:
        damage.note()
    elif value:
        values.note("one that a page cannot do without")
    if is_full(fault) and settings.SSC_PROGRAM != "public":
        return render(request, "web/errors/full.html", {"shell": "web/base_plain.html"}, status=503)
    # A reporter is told what is true of any fault: that we may not have it, and whom to call.
    if (file or value) and settings.SSC_PROGRAM != "public":
        return render(
            request, "web/errors/damaged.html", {"shell": "web/base_plain.html", "value": value}, status=503
        )
    return render(request, "web/errors/500.html", {"shell": "web/base_plain.html"}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "web/errors/csrf.html", {"shell": _shell(request)}, status=403)


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether the program can do its work, check by check; 503 when one fails."""
    results = health.results()
    well = not any(results.values())
    return JsonResponse(
        {"ready": well, "checks": {name: sentence or "ok" for name, sentence in results.items()}},
        status=200 if well else 503,
    )


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The public side's first page. It asks the database nothing, so that it stands whatever else does
    not."""
    return render(request, "web/home_public.html", {"entries": public_menu()})


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What an installed phone shows without a network: the emergency numbers, in every language at once (no
    server can ask which)."""
    return render(request, "web/errors/offline.html", {"codes": [code for code, _name in settings.LANGUAGES]})


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Lets a phone put the report form on its home screen."""
    start = request.build_absolute_uri("/report/")
    with override(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)):
        return JsonResponse(
            {
                "name": _("School safety reports"),
                "short_name": _("Safety"),
                "description": _("Tell your school about something that worries you. No name needed."),
                "id": "/report/",
                "start_url": start,
                "scope": "/",
                "display": "standalone",
                "background_color": "#ffffff",
                "theme_color": "#ffffff",
                "icons": [
                    {
                        "src": static("web/icon-192.png"),
                        "sizes": "192x192",
                        "type": "image/png",
                        "purpose": "any",
                    },
                    {
                        "src": static("web/icon-512.png"),
                        "sizes": "512x512",
                        "type": "image/png",
                        "purpose": "any",
                    },
                    {
                        "src": static("web/icon-maskable-512.png"),
                        "sizes": "512x512",
                        "type": "image/png",
                        "purpose": "maskable",
                    },
                ],
            },
            content_type="application/manifest+json",
        )


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The offline worker. It must be served from the root of the site to be allowed to answer for all of it.

    It keeps the offline page and the files that page needs, and nothing else: no page with a reporter's words
    may reach the disk."""
    kept = [reverse("web:offline"), static("web/public.css")]
    return render(
        request,
        "web/service-worker.js",
        {"kept": kept, "version": re.sub(r"[^a-z0-9]", "", kept[1].lower())[-24:]},
        content_type="text/javascript; charset=utf-8",
    )
