"""What every answer carries, and in which language a reporter's page speaks."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

GetResponse = Callable[[HttpRequest], HttpResponse]

# No host but our own appears here: a script, font or picture from elsewhere would tell a third party who
# reads the page, and an injected one could send away what a reporter types. `data:` is for pictures only (the
# mark in the browser's tab).
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

# Nothing here asks the device for anything: a reporter must be able to see that no page of ours listens or
# locates. Passkeys (publickey-credentials) are the one exception, and only for ourselves.
_DENIED_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join(
    [
        *(f"{feature}=()" for feature in _DENIED_FEATURES),
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]
)


class SecurityHeadersMiddleware:
    """Sets the headers of every answer, error pages and static files included (it stands before all other
    middleware).

    A view may set a stricter Content-Security-Policy itself (the viewer of an attachment does); it is then
    kept. Pages are never cached: the next person at a shared computer must not find a receipt with the back
    button."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        # same-origin, not no-referrer: the latter makes browsers send "Origin: null" on POST
        # (reporting.md 8.2).
        headers["Referrer-Policy"] = "same-origin"
        headers["Permissions-Policy"] = PERMISSIONS_POLICY
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["X-Robots-Tag"] = "noindex, nofollow"
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
        if not request.path_info.startswith(settings.STATIC_URL):
            headers["Cache-Control"] = "no-store"
        return response


class ReporterLanguageMiddleware:
    """Chooses the language of a public page: `?lang=es`, else the posted `language`, else what the browser
    asks for.

    No cookie keeps the choice: a cookie would be a trace of the visit. Templates carry it on with `{{
    language_query }}`. `request.chosen_language` is the language the reporter chose, or "" when only the
    browser spoke."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = offered(request.GET.get("lang", ""))
        if not chosen and request.method == "POST":
            # Reading the form here starts the parsing that the view would start; a broken body fails the same
            # way in both places.
            chosen = offered(str(request.POST.get("language", "")))
        request.chosen_language = chosen  # type: ignore[attr-defined]
        language = chosen or wanted_by_browser(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language",))
        return response


def offered(code: str) -> str:
    """`code` as one of the languages the system speaks (es-MX → es), or ""."""
    languages = dict(settings.LANGUAGES)
    code = code.strip().lower()[:20]
    for candidate in (code, code.partition("-")[0]):
        if candidate in languages:
            return candidate
    return ""


def wanted_by_browser(request: HttpRequest) -> str:
    """The first language of the Accept-Language header that the system speaks, else the default."""
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        language = offered(code)
        if language:
            return language
    return settings.LANGUAGE_CODE
