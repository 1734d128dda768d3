"""Signing in: password, second factor with real codes, what is recorded, what is limited, what happens
without the key."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django_tasks_db.models import DBTaskResult
from tests.cast import PASSWORD, TOTP_SECRET, Cast, give_totp, totp_code

from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations import actions, queries
from security_center.foundation.organizations.adapters import SecondFactorAdapter, SecondFactorUnreadable
from security_center.foundation.organizations.models import Person, Role, SignIn
from security_center.foundation.organizations.tasks import send_password_link
from security_center.foundation.vault import provider

LOGIN = "/account/login/"
CODE = "/account/2fa/authenticate/"
SET_UP = "/account/second-factor/"


def password_given(person: Person, password: str = PASSWORD, **arguments: Any) -> tuple[Client, Any]:
    client = Client(**arguments)
    return client, client.post(LOGIN, {"login": person.email, "password": password})


@pytest.fixture
def without_key(cast: Cast) -> Any:
    """The key file is moved away while the test runs."""
    path = provider.key_path()
    aside = path.with_suffix(".aside")
    path.rename(aside)
    yield
    aside.rename(path)


def test_a_wrong_password_lets_nobody_in_and_stores_no_address(cast: Cast) -> None:
    client, page = password_given(cast.rosa, "not-the-password", REMOTE_ADDR="203.0.113.77")
    assert page.status_code == 200
    assert "is not right" in page.content.decode()
    assert client.get("/organizations/").status_code == 302
    entry = Entry.objects.get(verb="person.sign_in_failed")
    assert (entry.actor, entry.thing, entry.detail) == ("system", f"person:{cast.rosa.pk}", {})
    client.post(LOGIN, {"login": "nobody-marker@example.org", "password": "x"})
    assert Entry.objects.filter(verb="person.sign_in_failed", thing="").count() == 1
    assert not any(
        "marker" in f"{e.actor}{e.thing}{e.detail}" or "203.0.113" in str(e.detail)
        for e in Entry.objects.all()
    )


def test_a_password_alone_leads_a_reader_to_set_up_a_second_factor_and_nowhere_else(cast: Cast) -> None:
    client, _answer = password_given(cast.rosa)
    for address in (
        "/",
        "/organizations/",
        "/people/",
        "/account/security/",
        "/account/password/change/",
        "/no-such-page/",
    ):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, SET_UP), address
    assert client.get(SET_UP).status_code == 200
    answer = client.get("/organizations/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == SET_UP


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_with_its_code_and_opens_the_rest(cast: Cast) -> None:
    client, _answer = password_given(cast.rosa)
    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200
    assert "<svg" in page.content.decode() or "data:image/svg" in page.content.decode()
    secret = client.session["mfa.totp.secret"]
    wrong = client.post(
        "/account/2fa/totp/activate/", {"code": "000000" if totp_code(secret) != "000000" else "111111"}
    )
    assert wrong.status_code == 200
    assert not queries.has_second_factor(cast.rosa)
    answer = client.post("/account/2fa/totp/activate/", {"code": totp_code(secret)})
    assert answer.status_code == 302
    assert queries.has_second_factor(cast.rosa)
    assert client.get("/organizations/").status_code == 200
    assert client.get("/account/2fa/recovery-codes/").status_code == 200
    assert {entry.detail["type"] for entry in Entry.objects.filter(verb="person.second_factor_added")} == {
        "totp",
        "recovery_codes",
    }


def test_whoever_sets_up_on_the_phone_itself_opens_the_app_by_a_link(cast: Cast) -> None:
    client, _answer = password_given(cast.rosa)
    assert 'href="otpauth://totp/' in client.get("/account/2fa/totp/activate/").content.decode()


def test_signing_in_takes_the_code_of_the_app(cast: Cast) -> None:
    give_totp(cast.rosa)
    client, answer = password_given(cast.rosa)
    assert answer["Location"] == CODE
    assert client.get("/organizations/").status_code == 302
    assert client.post(CODE, {"code": "12345"}).status_code == 200
    assert Entry.objects.filter(
        verb="person.second_factor_failed", actor="system", thing=f"person:{cast.rosa.pk}"
    ).exists()
    assert not Entry.objects.filter(verb="person.signed_in").exists()
    assert client.post(CODE, {"code": totp_code(TOTP_SECRET)}).status_code == 302
    assert client.get("/organizations/").status_code == 200
    assert Entry.objects.get(verb="person.signed_in").actor == f"person:{cast.rosa.pk}"


def test_a_code_works_once_and_not_for_long(cast: Cast) -> None:
    give_totp(cast.rosa)
    with time_machine.travel("2026-11-24T15:00:10Z", tick=False) as traveller:
        code = totp_code(TOTP_SECRET, time.time())
        first, _answer = password_given(cast.rosa)
        assert first.post(CODE, {"code": code}).status_code == 302
        second, _answer = password_given(cast.rosa)
        assert second.post(CODE, {"code": code}).status_code == 200, (
            "seen over a shoulder, it opens nothing any more"
        )
        traveller.shift(60)
        assert second.post(CODE, {"code": code}).status_code == 200
        assert second.post(CODE, {"code": totp_code(TOTP_SECRET, time.time())}).status_code == 302


def test_a_recovery_code_works_once(cast: Cast) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    give_totp(cast.rosa)
    code = RecoveryCodes.activate(cast.rosa).generate_codes()[3]
    client, _answer = password_given(cast.rosa)
    assert client.post(CODE, {"code": code}).status_code == 302
    again, _answer = password_given(cast.rosa)
    assert again.post(CODE, {"code": code}).status_code == 200


def test_a_browser_that_gave_only_the_password_is_put_out_once_a_second_factor_exists(cast: Cast) -> None:
    thief, _answer = password_given(cast.rosa)
    assert thief.get(SET_UP).status_code == 200
    give_totp(cast.rosa)
    answer = thief.get("/organizations/")
    assert (answer.status_code, answer["Location"]) == (302, LOGIN)
    assert "_auth_user_id" not in thief.session


def test_a_role_that_reads_nothing_needs_no_second_factor_until_it_is_given_one_that_does(cast: Cast) -> None:
    client, _answer = password_given(cast.aud)
    assert client.get("/organizations/").status_code == 200
    actions.assign_role(actor=cast.ada, person=cast.aud, organization=cast.school_a, role=Role.READER)
    assert client.get("/organizations/")["Location"] == SET_UP


def test_an_administrator_and_the_first_one_need_it_too(cast: Cast, db: None) -> None:
    client, _answer = password_given(cast.ada)
    assert client.get("/people/")["Location"] == SET_UP
    cast.root.role_assignments.all().delete()
    client, _answer = password_given(cast.root)
    assert client.get("/organizations/")["Location"] == SET_UP


def test_the_last_second_factor_cannot_be_removed_by_whoever_needs_one(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(cast.rosa)
    client.post("/account/2fa/totp/deactivate/")
    assert queries.has_second_factor(cast.rosa)
    plain = signed_in(cast.aud)
    plain.post("/account/2fa/totp/deactivate/")
    assert not queries.has_second_factor(cast.aud)


def test_the_passkey_pages_load(cast: Cast, signed_in: Callable[..., Client]) -> None:
    client = signed_in(cast.rosa)
    page = client.get("/account/2fa/webauthn/add/", headers={"host": "localhost"})
    assert page.status_code == 200
    assert "creation_options" in page.content.decode()
    assert client.get("/account/2fa/webauthn/").status_code == 200
    options = Client().get(
        "/account/2fa/webauthn/login/", headers={"accept": "application/json", "host": "localhost"}
    )
    assert options.json()["request_options"]["publicKey"]["rpId"] == "localhost"


def test_every_page_about_ones_own_account_loads(cast: Cast, signed_in: Callable[..., Client]) -> None:
    client = signed_in(cast.rosa)
    own = (
        "security/",
        "2fa/",
        "2fa/totp/deactivate/",
        "sessions/",
        "password/change/",
        "reauthenticate/",
        "2fa/reauthenticate/",
        "logout/",
    )
    for address in (f"/account/{page}" for page in own):
        assert client.get(address).status_code == 200, address
    for address in (
        "/account/login/",
        "/account/password/reset/",
        "/account/password/reset/done/",
        "/account/inactive/",
    ):
        assert Client().get(address).status_code == 200, address


def test_the_account_pages_speak_one_spanish_and_say_usted(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    Person.objects.filter(pk=cast.rosa.pk).update(language="es")
    client = signed_in(cast.rosa)
    pages = [
        client.get(f"/account/{page}").content.decode()
        for page in ("reauthenticate/", "2fa/reauthenticate/", "password/change/", "logout/")
    ]
    pages += [
        Client().get(f"/account/{page}", headers={"accept-language": "es"}).content.decode()
        for page in ("password/reset/", "password/reset/done/")
    ]
    for page in pages:
        assert not re.search(r"\b(tu|tus|utiliza|introduce|introduzca|restablecer)\b", page, re.IGNORECASE)
    assert "Usar la aplicación o un código de recuperación" in pages[0]


def test_nobody_signs_themselves_up_or_changes_their_address(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(cast.rosa)
    for address in ("/account/signup/", "/account/email/", "/account/confirm-email/", "/account/login/code/"):
        assert client.get(address).status_code == 404, address
        assert client.post(address, {"email": "mine@example.org", "action_add": ""}).status_code == 404, (
            address
        )
        assert Client().get(address).status_code == 302, address


def test_secrets_of_second_factors_are_not_in_the_database(cast: Cast) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    give_totp(cast.rosa)
    codes = RecoveryCodes.activate(cast.rosa)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert TOTP_SECRET not in stored
    assert not any(code in stored for code in codes.generate_codes())


def test_a_secret_that_somebody_wrote_into_the_database_opens_nothing(cast: Cast) -> None:
    adapter = SecondFactorAdapter()
    sealed = adapter.encrypt(TOTP_SECRET)
    assert adapter.decrypt(sealed) == TOTP_SECRET
    for forged in (TOTP_SECRET, "1.", "1.AAAA", "1.!!", sealed[:-6] + "AAAAA=", "2." + sealed[2:]):
        with pytest.raises(SecondFactorUnreadable):
            adapter.decrypt(forged)


def test_without_the_key_a_code_is_answered_with_a_clear_page(cast: Cast, without_key: None) -> None:
    Authenticator.objects.create(user=cast.rosa, type="totp", data={"secret": "1.AAAA"})
    client, answer = password_given(cast.rosa)
    assert answer["Location"] == CODE
    page = client.post(CODE, {"code": "123456"})
    assert page.status_code == 503
    assert "The vault is locked" in page.content.decode()


def test_setting_up_an_app_without_the_key_says_so_too(cast: Cast, without_key: None) -> None:
    client, _answer = password_given(cast.rosa)
    client.get("/account/2fa/totp/activate/")
    page = client.post("/account/2fa/totp/activate/", {"code": totp_code(client.session["mfa.totp.secret"])})
    assert page.status_code == 503
    assert not queries.has_second_factor(cast.rosa)


def test_guessing_passwords_is_slowed_down_for_the_right_one_too(cast: Cast) -> None:
    for _attempt in range(5):
        password_given(cast.rosa, "guess")
    client, page = password_given(cast.rosa)
    assert page.status_code == 200
    assert "Too many attempts" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_flood_of_sign_ins_gets_a_page_that_says_to_wait(cast: Cast) -> None:
    for number in range(30):
        Client().post(LOGIN, {"login": f"somebody{number}@example.org", "password": ""})
    page = Client().post(LOGIN, {"login": cast.rosa.email, "password": PASSWORD})
    assert page.status_code == 429
    assert "Wait a minute" in page.content.decode()


def test_guessing_codes_is_slowed_down(cast: Cast) -> None:
    give_totp(cast.rosa)
    client, _answer = password_given(cast.rosa)
    for number in range(5):
        client.post(CODE, {"code": f"00000{number}"})
    page = client.post(CODE, {"code": totp_code(TOTP_SECRET)})
    assert page.status_code == 200
    assert "Too many attempts" in page.content.decode()


def test_a_new_password_comes_by_the_worker_and_only_to_those_who_have_one(cast: Cast, settings: Any) -> None:
    Person.objects.filter(pk=cast.ben.pk).update(password="!unusable")
    known = Client().post("/account/password/reset/", {"email": cast.rosa.email})
    unknown = Client().post("/account/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"]), (
        "the answer tells nobody which addresses exist"
    )
    assert mail.outbox == [], "the page itself sends nothing"
    queued = DBTaskResult.objects.filter(task_path=send_password_link.module_path).order_by("enqueued_at")
    assert [row.args_kwargs["kwargs"] for row in queued] == [{"person_id": cast.rosa.pk}, {"person_id": 0}], (
        "nor does the time it takes"
    )
    send_password_link.func(0)
    assert mail.outbox == []
    send_password_link.func(cast.ben.pk)
    assert mail.outbox == []
    send_password_link.func(cast.rosa.pk)
    assert mail.outbox[0].to == [cast.rosa.email]
    assert (
        mail.outbox[0].extra_headers["Message-ID"].endswith(f"@{urlparse(settings.SSC_STAFF_URL).hostname}>")
    ), "not the machine's own name"
    link = next(word for word in mail.outbox[0].body.split() if word.startswith(settings.SSC_STAFF_URL))
    give_totp(cast.rosa)
    client = Client()
    page = client.get(link.removeprefix(settings.SSC_STAFF_URL), follow=True)
    assert page.status_code == 200
    client.post(
        page.request["PATH_INFO"], {"password1": "another-Harbor-51", "password2": "another-Harbor-51"}
    )
    assert Person.objects.get(pk=cast.rosa.pk).check_password("another-Harbor-51")
    assert client.get("/organizations/").status_code == 302, "a mailbox alone lets nobody in"
    assert Entry.objects.filter(verb="person.password_changed", thing=f"person:{cast.rosa.pk}").exists()


def test_a_password_made_of_the_own_name_is_refused_as_its_rules_say(cast: Cast) -> None:
    first, last = cast.rosa.name.split()
    for password in (f"{first}.{last}2026", f"{cast.rosa.email}1"):
        with pytest.raises(ValidationError):
            validate_password(password, cast.rosa)


def test_a_person_who_left_signs_in_no_more(cast: Cast) -> None:
    actions.leave(actor=cast.ada, person=cast.aud)
    client, _page = password_given(cast.aud)
    assert "_auth_user_id" not in client.session


def test_sessions_elsewhere_can_be_ended(cast: Cast) -> None:
    here, _answer = password_given(cast.aud)
    there, _answer = password_given(cast.aud)
    assert here.get("/account/sessions/").status_code == 200
    here.post("/account/sessions/")
    assert there.get("/organizations/").status_code == 302
    assert here.get("/organizations/").status_code == 200
    assert SignIn.objects.filter(person=cast.aud).count() == 1


def test_the_language_of_a_person_is_the_language_of_their_pages(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(cast.rosa)
    assert 'lang="en"' in client.get("/account/security/", headers={"accept-language": "es"}).content.decode()
    client.post("/language/", {"language": "es", "next": "/account/security/"})
    assert Person.objects.get(pk=cast.rosa.pk).language == "es"
    assert 'lang="es"' in client.get("/account/security/").content.decode()
    forging = Client(enforce_csrf_checks=True)
    forging.cookies = client.cookies
    forging.post("/language/", {"language": "en"})
    assert Person.objects.get(pk=cast.rosa.pk).language == "es", "a forged post changes nothing"


def test_no_file_of_this_run_lies_in_the_repository(data_folder: Path) -> None:
    assert Path(__file__).parents[2] not in Path(data_folder).parents
