"""What every answer carries, whatever went wrong."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from security_center.foundation.web.middleware import SecurityHeadersMiddleware

PATHS = ["/healthz", "/offline/", "/manifest.webmanifest", "/service-worker.js", "/nowhere/", "/styleguide/"]


@pytest.mark.parametrize("path", PATHS)
def test_a_public_answer_names_no_foreign_host_and_is_never_kept(public_pages: Any, path: str) -> None:
    response = Client().get(path)
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]
    assert "microphone=()" in response["Permissions-Policy"]


@pytest.mark.parametrize("path", PATHS)
def test_a_public_answer_sets_no_cookie(public_pages: Any, path: str) -> None:
    assert not Client().get(path).cookies


def test_an_answer_after_a_fault_carries_the_headers_too(public_pages: Any) -> None:
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_page_after_a_fault_repeats_nothing_of_the_fault(public_pages: Any) -> None:
    response = Client(raise_request_exception=False).get("/broken/?what=secret")
    assert b"reporter typed" not in response.content
    assert b"secret" not in response.content
    assert b"911" in response.content


def test_a_view_may_be_stricter_but_not_cached() -> None:
    def view(_request: Any) -> HttpResponse:
        return HttpResponse(
            headers={"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "max-age=600"}
        )

    response = SecurityHeadersMiddleware(view)(RequestFactory().get("/desk/"))
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "no-store"


def test_a_static_file_may_be_cached() -> None:
    response = SecurityHeadersMiddleware(
        lambda _request: HttpResponse(headers={"Cache-Control": "max-age=600"})
    )(RequestFactory().get("/static/web/public.css"))
    assert response["Cache-Control"] == "max-age=600"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_strict_transport_is_asked_for_only_over_tls(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 600
    middleware = SecurityHeadersMiddleware(lambda _request: HttpResponse())
    assert middleware(RequestFactory().get("/", secure=True))["Strict-Transport-Security"] == "max-age=600"
    assert "Strict-Transport-Security" not in middleware(RequestFactory().get("/"))


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_with_next_steps(staff_pages: Any) -> None:
    staff_pages.CSRF_FAILURE_VIEW = "security_center.foundation.web.views.csrf_failure"
    response = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "someone"})
    assert response.status_code == 403
    assert "This page was open too long" in response.content.decode()
