"""The pages in a real browser: axe finds nothing, nothing scrolls sideways, at a phone's and a desk's
width."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.browser import session_cookies
from tests.cast import PASSWORD, Cast, give_totp, totp_code

from security_center.foundation.organizations import actions
from security_center.foundation.organizations.models import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy_cast(cast: Cast) -> Cast:
    """The cast with something on each page."""
    actions.set_supervision(actor=cast.ada, supervisor=cast.omar, supervised=cast.dana)
    actions.set_supervision(actor=cast.ada, supervisor=cast.dana, supervised=cast.rosa)
    actions.assign_role(actor=cast.ada, person=cast.rosa, organization=cast.school_b, role=Role.COUNSELOR)
    actions.change_person(actor=cast.ada, person=cast.rosa, job_title="Assistant principal", phone="555-0133")
    actions.start_access_session(
        actor=cast.ada, organization=cast.school_a, reason="The reader is away and a parent called.", hours=2
    )
    return cast


def test_the_pages_about_people_and_places_owe_nothing(
    busy_cast: Cast, signed_in: Callable[..., Client], staff_site: str, visitor: Any
) -> None:
    ada = visitor(cookies=session_cookies(signed_in(busy_cast.ada), staff_site))
    for name, path in {
        "people": "/people/",
        "person": f"/people/{busy_cast.rosa.pk}/",
        "person-add": "/people/add/",
        "person-edit": f"/people/{busy_cast.rosa.pk}/edit/",
        "person-leave": f"/people/{busy_cast.rosa.pk}/leave/",
        "organizations": "/organizations/",
        "organization": f"/organizations/{busy_cast.district.pk}/",
        "organization-add": "/organizations/add/",
        "schools-import": f"/organizations/{busy_cast.district.pk}/schools/import/",
        "access": f"/organizations/{busy_cast.school_a.pk}/access/",
        "security": "/account/security/",
        "second-factors": "/account/2fa/",
        "sessions": "/account/sessions/",
        "password": "/account/password/change/",
        "recovery": "/account/2fa/recovery-codes/generate/",
        "passkeys": "/account/2fa/webauthn/",
        "app-remove": "/account/2fa/totp/deactivate/",
    }.items():
        ada.goto(f"{staff_site}{path}")
        ada.owes_nothing_at_any_width(f"organizations-{name}")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_answers_of_the_pages_about_people_and_places_owe_nothing(
    busy_cast: Cast, signed_in: Callable[..., Client], staff_site: str, visitor: Any, width: int
) -> None:
    ada = visitor(width, cookies=session_cookies(signed_in(busy_cast.ada), staff_site))
    ada.goto(f"{staff_site}/people/{busy_cast.ben.pk}/")
    ada.get_by_role("button", name="Make a link for a new password").click()
    ada.picture(f"organizations-invitation-made-{width}")
    ada.owes_nothing()
    ada.goto(f"{staff_site}/organizations/{busy_cast.district.pk}/schools/import/")
    ada.fill("textarea", "Elm School\tnone\tMaple\nOak School\thigh\tMaple\tmany")
    ada.get_by_role("button", name="Check and enter").click()
    ada.picture(f"organizations-schools-faults-{width}")
    ada.does_not_scroll_sideways()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_sign_in_page_with_the_districts_accounts_owes_nothing(
    cast: Cast, staff_site: str, visitor: Any, settings: Any, width: int
) -> None:
    app = {
        "provider_id": "district",
        "name": "Maple Valley",
        "client_id": "a",
        "secret": "b",
        "settings": {"server_url": "https://accounts.example.org"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    page = visitor(width)
    page.goto(f"{staff_site}/account/login/")
    assert page.get_by_role("link", name="Sign in with Maple Valley").is_visible()
    page.picture(f"organizations-single-sign-on-{width}")
    page.owes_nothing()


@pytest.mark.parametrize(("width", "language"), [(390, "es"), (1280, "en")])
def test_the_pages_while_a_reader_waits_owe_nothing(
    cast: Cast, signed_in: Callable[..., Client], staff_site: str, visitor: Any, width: int, language: str
) -> None:
    for person in (cast.rosa, cast.ben):
        give_totp(person)
        actions.change_language(actor=person, language=language)
    actions.reset_second_factor(actor=cast.ada, person=cast.rosa)
    cast.rosa.refresh_from_db()
    rosa = visitor(width, cookies=session_cookies(signed_in(cast.rosa), staff_site))
    rosa.goto(f"{staff_site}/desk/")
    assert rosa.url.endswith("/account/waiting/")
    rosa.picture(f"organizations-waiting-{width}")
    rosa.owes_nothing()
    ben = visitor(width, cookies=session_cookies(signed_in(cast.ben), staff_site))
    ben.goto(f"{staff_site}/people/{cast.rosa.pk}/let-in/")
    ben.picture(f"organizations-let-in-{width}")
    ben.owes_nothing()
    ben.locator("main form button").click()
    rosa.goto(f"{staff_site}/desk/")
    assert rosa.url.endswith("/desk/")


@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_invitation_to_the_second_factor_in_a_browser(
    busy_cast: Cast, staff_site: str, visitor: Any, width: int
) -> None:
    path = actions.invite(actor=busy_cast.ada, person=busy_cast.ben)
    ben = visitor(width)
    ben.goto(f"{staff_site}{path}")
    ben.picture(f"organizations-invitation-{width}")
    ben.owes_nothing()
    ben.get_by_label("New password", exact=True).fill("a-Quiet-harbor-72")
    ben.get_by_label("The same password again").fill("a-Quiet-harbor-72")
    ben.get_by_role("button", name="Set the password and go on").click()
    ben.picture(f"organizations-second-factor-{width}")
    ben.owes_nothing()
    ben.get_by_role("link", name="Use a passkey").click()
    ben.picture(f"organizations-passkey-{width}")
    ben.owes_nothing()
    ben.go_back()
    ben.get_by_role("link", name="Use an app").click()
    ben.picture(f"organizations-app-{width}")
    ben.owes_nothing()
    assert ben.evaluate("document.querySelector('.qr img').naturalWidth") > 100, "the picture can be drawn"
    secret = ben.locator("#authenticator_secret").text_content() or ""
    ben.fill("input[name=code]", totp_code(secret))
    ben.press("input[name=code]", "Enter")
    ben.wait_for_url("**/recovery-codes/")
    ben.picture(f"organizations-recovery-codes-{width}")
    ben.owes_nothing()
    assert ben.get_by_role("link", name="I have kept them: go on").is_visible()
    ben.goto(f"{staff_site}{path}")
    ben.picture(f"organizations-invitation-used-{width}")
    assert "already used" in ben.content()


@pytest.mark.parametrize("width", [390, 1280])
def test_signing_in_with_a_password_and_a_code_in_a_browser(
    busy_cast: Cast, signed_in: Callable[..., Client], staff_site: str, visitor: Any, width: int
) -> None:
    signed_in(busy_cast.rosa)  # sets up her app
    rosa = visitor(width)
    rosa.goto(f"{staff_site}/organizations/")
    rosa.picture(f"organizations-sign-in-{width}")
    rosa.owes_nothing()
    rosa.fill("input[name=login]", busy_cast.rosa.email)
    rosa.fill("input[name=password]", PASSWORD)
    rosa.press("input[name=password]", "Enter")
    rosa.wait_for_url("**/2fa/authenticate/**")
    rosa.picture(f"organizations-code-{width}")
    rosa.owes_nothing()
    rosa.fill("input[name=code]", totp_code("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))
    rosa.press("input[name=code]", "Enter")
    rosa.wait_for_url("**/organizations/")
    assert "Maple High School" in rosa.content()
