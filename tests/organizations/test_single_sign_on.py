"""Sign-in through the district's own accounts, with a small identity provider on loopback that does what the
standard says."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import signing
from django.test import Client
from tests.cast import PASSWORD, TOTP_SECRET, Cast, give_totp, totp_code
from tests.organizations.oidc_provider import (
    BEGIN,
    CLIENT_SECRET,
    LOOK_ALIKES,
    Issuer,
    answers,
    begins,
    configured,
    issuer,
    key_of,
    signs_in,
)

from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations import actions, sign_in_cookies, single_sign_on
from security_center.foundation.organizations.models import Person, SignIn
from security_center.foundation.organizations.single_sign_on import SingleSignOnAdapter
from security_center.foundation.organizations.views import oidc
from security_center.project import doctor
from security_center.project.identity_provider import PROVIDER

__all__ = ["issuer"]

LOGIN, CODE = "/account/login/", "/account/2fa/authenticate/"


def test_a_person_who_is_entered_here_signs_in_and_their_second_factor_is_asked_for(
    cast: Cast, issuer: Issuer
) -> None:
    give_totp(cast.rosa)
    client, answer = signs_in(issuer, email=cast.rosa.email.upper(), email_verified=True)
    assert answer["Location"] == CODE
    assert client.get("/organizations/").status_code == 302
    assert client.post(CODE, {"code": totp_code(TOTP_SECRET)}).status_code == 302
    assert client.get("/organizations/").status_code == 200
    assert Entry.objects.get(verb="person.signed_in").actor == f"person:{cast.rosa.pk}"


def test_a_reader_without_a_second_factor_sets_one_up_first(cast: Cast, issuer: Issuer) -> None:
    client, _answer = signs_in(issuer, email=cast.rosa.email, email_verified=True)
    assert client.get("/organizations/")["Location"] == "/account/second-factor/"


def test_the_password_stays_and_nothing_of_the_account_there_is_kept(cast: Cast, issuer: Issuer) -> None:
    client, _answer = signs_in(issuer, email=cast.aud.email, email_verified=True)
    assert client.get("/organizations/").status_code == 200
    assert Person.objects.get(pk=cast.aud.pk).check_password(PASSWORD)
    assert not SocialAccount.objects.exists()


def under_its_name(issuer: Issuer, said: dict[str, Any]) -> str:
    return issuer.sign(said, key_of("a stranger"))


def changed_afterwards(issuer: Issuer, said: dict[str, Any]) -> str:
    head, _said, signature = issuer.sign({**said, "sub": "18"}).split(".")
    return f"{head}.{issuer.sign(said).split('.')[1]}.{signature}"


FALSE = {
    "signed by a stranger": under_its_name,
    "changed after it was signed": changed_afterwards,
    "not signed": lambda issuer, said: issuer.sign(said, "", "none"),
    "signed with the secret of both": lambda issuer, said: issuer.sign(said, CLIENT_SECRET, "HS256"),
    "signed with a key of both that the provider publishes": lambda issuer, said: issuer.sign(
        said, b"\0\0\0", "HS256", None
    ),
    "signed by an unknown key": lambda issuer, said: issuer.sign(said, kid="two"),
    "signed by no key in particular": lambda issuer, said: issuer.sign(said, kid=None),
    "signed in a way that the provider does not name": lambda issuer, said: issuer.sign(
        said, algorithm="PS256"
    ),
    "run out": lambda issuer, said: issuer.sign({**said, "exp": said["iat"] - 60}),
    "without an end": lambda issuer, said: issuer.sign(
        {name: value for name, value in said.items() if name != "exp"}
    ),
    "for another system": lambda issuer, said: issuer.sign({**said, "aud": "another"}),
    "for several and asked for by another": lambda issuer, said: issuer.sign(
        {**said, "aud": [said["aud"], "another"], "azp": "another"}
    ),
    "with a number as its address": lambda issuer, said: issuer.sign({**said, "email": 17}),
    "that is not there": lambda _issuer, _said: None,
    "of another provider": lambda issuer, said: issuer.sign({**said, "iss": "https://evil.example"}),
}


@pytest.mark.parametrize("way", FALSE)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_token_that_the_provider_did_not_sign_for_this_system_lets_nobody_in(
    cast: Cast, issuer: Issuer, way: str
) -> None:
    issuer.signed = lambda said: FALSE[way](issuer, said)
    client, answer = signs_in(issuer, email=cast.aud.email, email_verified=True)
    assert answer["Location"] == LOGIN
    assert (
        "That did not work. Try again, or sign in with your password." in client.get(LOGIN).content.decode()
    )
    assert client.get("/organizations/").status_code == 302


@pytest.mark.parametrize("named", [["PS256"], ["RS256", "PS256"]])
def test_a_token_may_be_signed_in_each_way_that_the_provider_names(
    cast: Cast, issuer: Issuer, named: list[str]
) -> None:
    issuer.algorithms, issuer.signed = named, lambda said: issuer.sign(said, algorithm="PS256")
    client, _answer = signs_in(issuer, email=cast.aud.email, email_verified=True)
    assert client.get("/organizations/").status_code == 200


@pytest.mark.parametrize(("filler", "seconds"), [(3_000_000, 15), (0, 0)])
def test_an_answer_of_the_provider_that_is_long_or_slow_is_read_no_further(
    cast: Cast, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, filler: int, seconds: int
) -> None:
    issuer.asked_for_keys = lambda: monkeypatch.setattr(single_sign_on, "SECONDS", seconds)
    issuer.filler = filler
    client, answer = signs_in(issuer, email=cast.aud.email, email_verified=True)
    assert answer["Location"] == LOGIN
    assert client.get("/organizations/").status_code == 302


@pytest.mark.parametrize("verified", [False, None, "false", "", "no"])
def test_an_address_that_is_not_proved_lets_nobody_in(cast: Cast, issuer: Issuer, verified: Any) -> None:
    client, answer = signs_in(
        issuer, email=cast.aud.email, **({} if verified is None else {"email_verified": verified})
    )
    assert answer["Location"] == LOGIN
    assert client.get("/organizations/").status_code == 302


@pytest.mark.parametrize(("letter", "as_if"), LOOK_ALIKES)
def test_an_address_that_becomes_anothers_when_it_is_written_small_lets_nobody_in(
    cast: Cast, issuer: Issuer, letter: str, as_if: str
) -> None:
    """Whoever chooses the name of their own account there would choose whose place they take here."""
    Person.objects.filter(pk=cast.aud.pk).update(email=f"kisk.{cast.aud.email}")
    client, _answer = signs_in(
        issuer, email=f"kisk.{cast.aud.email}".replace(as_if, letter, 1), email_verified=True
    )
    assert "Nobody with the address of that account is entered here" in client.get(LOGIN).content.decode()
    assert client.get("/organizations/").status_code == 302


def test_where_the_issuer_proves_nothing_the_districts_own_domains_count(
    cast: Cast, issuer: Issuer, settings: Any
) -> None:
    """Microsoft leaves the claim out; a district that runs its own issuer says for which domains it
    answers."""
    settings.SOCIALACCOUNT_PROVIDERS = configured(issuer.url, domains=cast.aud.email.partition("@")[2])
    client, _answer = signs_in(issuer, email=cast.aud.email)
    assert client.get("/organizations/").status_code == 200


def test_a_provider_that_does_not_answer_leads_back_with_a_sentence_and_the_doctor_names_it(
    cast: Cast, issuer: Issuer, settings: Any
) -> None:
    for there in (issuer.url.rpartition(":")[0] + ":9", f"{issuer.url}/authorize?redirect_uri=/&state=1&x="):
        settings.SOCIALACCOUNT_PROVIDERS = configured(there)
        client = Client()
        assert client.get(BEGIN)["Location"] == LOGIN
        assert "sign-in does not answer. Use your password or passkey." in client.get(LOGIN).content.decode()
        assert [finding.grave for finding in doctor.identity_provider_answers()] == [True]
    settings.SOCIALACCOUNT_PROVIDERS = configured(issuer.url)
    assert list(doctor.identity_provider_answers()) == []


def test_nobody_enters_themselves(cast: Cast, issuer: Issuer) -> None:
    people = Person.objects.count()
    client, answer = signs_in(issuer, email="stranger@example.org", email_verified=True)
    assert answer["Location"] == LOGIN
    assert "Nobody with the address of that account is entered here" in client.get(LOGIN).content.decode()
    assert Person.objects.count() == people


def test_a_person_who_left_does_not_come_in(cast: Cast, issuer: Issuer) -> None:
    actions.leave(actor=cast.ada, person=cast.aud)
    client, _answer = signs_in(issuer, email=cast.aud.email, email_verified=True)
    assert client.get("/organizations/").status_code == 302


def test_no_foreign_account_is_tied_to_a_person(cast: Cast, issuer: Issuer) -> None:
    signs_in(issuer, None, f"{BEGIN}?process=connect", email=cast.aud.email, email_verified=True)
    assert not SocialAccount.objects.exists()


def test_a_link_of_any_page_takes_nobody_out_of_their_work(
    cast: Cast, issuer: Issuer, signed_in: Any
) -> None:
    reader = signed_in(cast.rosa)
    for begin in (BEGIN, f"{BEGIN}?process=connect", f"{BEGIN}?next=//evil.example"):
        assert reader.get(begin)["Location"] == "/"
    assert reader.get("/organizations/").status_code == 200


def test_whoever_begins_and_does_not_come_back_leaves_no_row(cast: Cast, issuer: Issuer) -> None:
    for _times in range(3):
        client = Client()
        there = client.get(BEGIN)["Location"]
        state = parse_qs(urlsplit(there).query)["state"][0]
        assert client.get(f"{BEGIN}callback/?code=invented&state={state}")["Location"] == LOGIN
    assert not SignIn.objects.exists()


def test_what_was_asked_counts_once_in_its_browser_and_only_for_ten_minutes(
    cast: Cast, issuer: Issuer
) -> None:
    client = Client()
    there = client.get(BEGIN)["Location"]
    state = parse_qs(urlsplit(there).query)["state"][0]
    cookie = client.cookies["oidc_asked"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", BEGIN)
    client.get(f"{BEGIN}callback/?error=access_denied&state={state}")
    assert client.cookies["oidc_asked"].value == ""
    forged = signing.dumps({state: [{"process": "login"}, time.time(), PROVIDER]}, salt="oidc_asked")
    stranger = Client()
    stranger.cookies["oidc_asked"] = forged
    assert stranger.get(f"{BEGIN}callback/?code=invented&state={state}")["Location"] == LOGIN


def test_who_begins_in_several_tabs_comes_in_from_each_of_the_latest_four(cast: Cast, issuer: Issuer) -> None:
    client = Client()
    long = f"{BEGIN}?{urlencode({'next': '/' + 'a' * (sign_in_cookies.LONGEST_ONWARD - 1)})}"
    tabs = [begins(client, long) for _tab in range(sign_in_cookies.MOST_ASKED + 1)]
    assert len(client.cookies[oidc.ASKED].OutputString()) < 4096
    assert (
        answers(issuer, client, tabs.pop(0), email=cast.aud.email, email_verified=True)["Location"] == LOGIN
    )
    for asked in tabs:
        answer = answers(issuer, client, asked, email=cast.aud.email, email_verified=True)
        assert answer["Location"].startswith("/aaa")
        client.cookies["staff_session"] = ""
    assert client.cookies[oidc.ASKED].value == ""


def test_a_link_of_any_page_to_where_the_answer_comes_ends_no_sign_in_that_has_begun(
    cast: Cast, issuer: Issuer
) -> None:
    client = Client()
    asked = begins(client)
    client.get(f"{BEGIN}callback/?state=x&code=y")
    assert answers(issuer, client, asked, email=cast.aud.email, email_verified=True)["Location"] == "/"


def test_an_answer_takes_nobody_out_of_their_work_though_somebody_planted_its_cookie(
    cast: Cast, issuer: Issuer, signed_in: Any
) -> None:
    reader, another = signed_in(cast.rosa), Client()
    asked = begins(another)
    reader.cookies.update(another.cookies)
    assert answers(issuer, reader, asked, email=cast.aud.email, email_verified=True)["Location"] == "/"
    assert reader.get("/").wsgi_request.user == cast.rosa


def test_a_link_does_not_choose_what_is_asked_of_the_provider(cast: Cast, issuer: Issuer) -> None:
    chosen = {
        "auth_params": "redirect_uri=http://evil.example&prompt=none",
        "scope": "evil",
        "action": "rerequest",
        "process": "connect",
    }
    plain, asked = (
        begins(Client()),
        begins(Client(), f"{BEGIN}?{urlencode({**chosen, 'next': '/' + 'a' * 4000})}"),
    )
    for one in (plain, asked):
        del one["state"], one["code_challenge"]
        one["scope"] = " ".join(sorted(one["scope"].split()))
    assert asked == plain


def test_the_authorities_of_this_machine_are_those_that_the_provider_is_believed_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authorities = tmp_path / "authorities.crt"
    authorities.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(authorities))
    assert SingleSignOnAdapter().get_requests_session().verify == str(authorities)


def test_an_answer_that_nobody_asked_for_or_from_another_browser_is_refused(
    cast: Cast, issuer: Issuer
) -> None:
    for query in ("code=the-code&state=made-up", "error=access_denied", ""):
        client = Client()
        answer = client.get(f"{BEGIN}callback/?{query}")
        assert answer["Location"] == LOGIN
        assert client.get("/organizations/").status_code == 302


def test_the_sign_in_page_offers_it_only_where_it_is_set_up(
    cast: Cast, issuer: Issuer, settings: Any
) -> None:
    assert "Sign in with Maple Valley" in Client().get(LOGIN).content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert "Maple Valley" not in Client().get(LOGIN).content.decode()
    assert Client().get(BEGIN).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"SSC_OIDC_ISSUER": "http://accounts.example.org"},
        {"SSC_OIDC_ISSUER": "accounts.example.org"},
        {"SSC_OIDC_CLIENT_SECRET": ""},
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(wrong: dict[str, str], tmp_path: Any) -> None:
    right = {
        "SSC_OIDC_ISSUER": "https://accounts.example.org",
        "SSC_OIDC_CLIENT_ID": "a",
        "SSC_OIDC_CLIENT_SECRET": "b",
    }
    environment = {**os.environ, **right, **wrong, "SSC_DATA": str(tmp_path), "PYTHONPATH": "src"}
    ended = subprocess.run(
        [sys.executable, "-c", "import security_center.project.settings"],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("ssc: SSC_OIDC_ISSUER is")
