"""Sign-in by SAML with the district's own accounts: what a person, an administrator and the identity provider
meet. What attackers do is in tests/attacks/test_saml.py."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
import xmlsec
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib.messages import get_messages
from django.test import Client
from lxml import etree
from tests.cast import PASSWORD, TOTP_SECRET, Cast, give_totp, totp_code
from tests.organizations.oidc_provider import LOOK_ALIKES
from tests.organizations.oidc_provider import configured as by_openid
from tests.organizations.saml_provider import (
    BEGIN,
    BY_ADDRESS,
    Answer,
    asks,
    configured,
    description,
    goes_on,
    pair,
    posts,
    sign,
    signed,
    signs_in,
)

from security_center.foundation.clock import now
from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations import actions, sign_in_cookies
from security_center.foundation.organizations.models import Person
from security_center.project import checks

LOGIN, CODE = "/account/login/", "/account/2fa/authenticate/"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _by_saml(settings: Any, cast: Cast) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = configured(domains=cast.aud.email.partition("@")[2])


def may_read(client: Client) -> bool:
    return client.get("/organizations/").status_code == 200


def said(answer: Any) -> str:
    return " ".join(str(one) for one in get_messages(answer.wsgi_request))


def test_a_person_who_is_entered_here_signs_in_and_their_second_factor_is_asked_for(cast: Cast) -> None:
    give_totp(cast.rosa)
    client, answer = signs_in(cast.rosa.email.upper())
    assert answer["Location"].startswith(CODE)
    assert not may_read(client)
    assert client.post(CODE, {"code": totp_code(TOTP_SECRET)}).status_code == 302
    assert may_read(client)
    assert Entry.objects.get(verb="person.signed_in").actor == f"person:{cast.rosa.pk}"


def test_a_reader_without_a_second_factor_sets_one_up_first(cast: Cast) -> None:
    client, _answer = signs_in(cast.rosa.email)
    assert client.get("/organizations/")["Location"] == "/account/second-factor/"


def test_the_password_stays_and_nothing_of_the_account_there_is_kept(cast: Cast) -> None:
    client, _answer = signs_in(cast.aud.email)
    assert may_read(client)
    assert Person.objects.get(pk=cast.aud.pk).check_password(PASSWORD)
    assert not SocialAccount.objects.exists()


def test_the_page_that_was_asked_for_comes_after_it_and_no_page_of_another_site(cast: Cast) -> None:
    _client, answer = signs_in(cast.aud.email, begin=f"{BEGIN}?next=/people/")
    assert answer["Location"] == "/people/"
    _client, answer = signs_in(cast.aud.email, begin=f"{BEGIN}?next=https://evil.example/")
    assert answer["Location"] == "/"


@pytest.mark.parametrize("by_subject", [True, False])
def test_the_address_may_be_the_subject_or_an_attribute(cast: Cast, by_subject: bool) -> None:
    named = [("mail", [cast.aud.email]), ("email", [cast.aud.email.upper()])]
    way = (
        {"attributes": [], "name": cast.aud.email, "name_format": BY_ADDRESS}
        if by_subject
        else {"attributes": named}
    )
    client, _answer = signs_in(cast.aud.email, **way)
    assert may_read(client)


def test_a_wholly_signed_answer_is_taken_too_and_the_newer_of_two_certificates(
    cast: Cast, settings: Any
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = configured(
        pair("old", days=20), pair(), domains=cast.aud.email.partition("@")[2]
    )
    client = Client()
    goes_on(client, posts(signed(Answer(asks(client), cast.aud.email), whole=True)))
    assert may_read(client)


@pytest.mark.parametrize("curve", [False, True])
def test_sha512_and_a_key_on_a_curve_are_as_good(cast: Cast, settings: Any, curve: bool) -> None:
    client, key = Client(), pair(curve=curve)
    settings.SOCIALACCOUNT_PROVIDERS = configured(key, domains=cast.aud.email.partition("@")[2])
    way = xmlsec.Transform.ECDSA_SHA512 if curve else xmlsec.Transform.RSA_SHA512
    goes_on(
        client,
        posts(signed(Answer(asks(client), cast.aud.email), by=key, way=way, digest=xmlsec.Transform.SHA512)),
    )
    assert may_read(client)


def test_nobody_enters_themselves(cast: Cast) -> None:
    people = Person.objects.count()
    client, answer = signs_in(f"stranger@{cast.aud.email.partition('@')[2]}")
    assert answer["Location"] == LOGIN
    assert "Nobody with the address of that account is entered here" in client.get(LOGIN).content.decode()
    assert Person.objects.count() == people


@pytest.mark.parametrize("by_subject", [True, False])
@pytest.mark.parametrize(("letter", "as_if"), LOOK_ALIKES)
def test_an_address_that_becomes_anothers_when_it_is_written_small_lets_nobody_in(
    cast: Cast, by_subject: bool, letter: str, as_if: str
) -> None:
    Person.objects.filter(pk=cast.aud.pk).update(email=f"kisk.{cast.aud.email}")
    address = f"kisk.{cast.aud.email}".replace(as_if, letter, 1)
    client, answer = signs_in(
        address, **({"attributes": [], "name": address, "name_format": BY_ADDRESS} if by_subject else {})
    )
    assert answer["Location"] == LOGIN
    assert "Nobody with the address of that account is entered here" in said(answer)
    assert not may_read(client)


def test_an_address_of_a_domain_that_is_not_the_districts_lets_nobody_in(cast: Cast, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = configured(domains="another.example")
    client, answer = signs_in(cast.aud.email)
    assert answer["Location"] == LOGIN
    assert not may_read(client)


def test_a_person_who_left_does_not_come_in(cast: Cast) -> None:
    actions.leave(actor=cast.ada, person=cast.aud)
    client, _answer = signs_in(cast.aud.email)
    assert not may_read(client)


def test_no_foreign_account_is_tied_to_a_person(cast: Cast, signed_in: Any) -> None:
    signs_in(cast.aud.email, Client(), f"{BEGIN}?process=connect")
    assert not SocialAccount.objects.exists()


def test_a_link_of_any_page_takes_nobody_out_of_their_work(cast: Cast, signed_in: Any) -> None:
    reader = signed_in(cast.rosa)
    assert reader.get(f"{BEGIN}?process=connect")["Location"] == "/"
    assert reader.get("/organizations/").status_code == 200


def test_who_begins_in_several_tabs_comes_in_from_each_of_the_latest_four_whatever_another_page_posts(
    cast: Cast,
) -> None:
    client = Client()
    names = [
        asks(client, f"{BEGIN}?next=/{'a' * (sign_in_cookies.LONGEST_ONWARD - 1)}")
        for _tab in range(sign_in_cookies.MOST_ASKED + 1)
    ]
    assert len(client.cookies["saml_asked"].OutputString()) < 4096
    for not_asked in ("ONELOGIN_0000", names.pop(0)):
        assert "did not begin" in said(goes_on(client, posts(signed(Answer(not_asked, cast.aud.email)))))
    for asked in names:
        assert goes_on(client, posts(signed(Answer(asked, cast.aud.email))))["Location"].startswith("/aaa")
        client.cookies["staff_session"] = ""
    assert client.cookies["saml_asked"].value == ""


def test_no_request_lives_longer_because_another_tab_began(cast: Cast) -> None:
    """Each is answered once, which is remembered for as long as it lives: what lived on could be answered
    again."""
    client = Client()
    first = asks(client)
    with time_machine.travel(now() + timedelta(seconds=400)):
        asks(client)
    with time_machine.travel(now() + timedelta(seconds=700)):
        assert "did not begin" in said(goes_on(client, posts(signed(Answer(first, cast.aud.email)))))


def test_the_last_step_takes_nobody_out_of_their_work_though_somebody_planted_both_cookies(
    cast: Cast, signed_in: Any
) -> None:
    reader, another = signed_in(cast.rosa), Client()
    answered = posts(signed(Answer(asks(another), cast.aud.email)))
    reader.cookies.update(another.cookies)
    assert goes_on(reader, answered)["Location"] == "/"
    assert reader.get("/").wsgi_request.user == cast.rosa


@pytest.mark.parametrize(
    "attributes", [[], [("email", ["a@b.example", "c@b.example"])], [("email", ["nobody"])]]
)
def test_an_answer_without_one_address_is_told_so(cast: Cast, attributes: Any) -> None:
    client = Client()
    answer = posts(signed(Answer(asks(client), "", attributes=attributes)))
    assert "did not tell your e-mail address" in said(answer)


def test_whoever_says_no_at_the_provider_is_led_back_with_a_sentence(cast: Cast) -> None:
    refusal = Answer(asks(Client()), "", status="Responder").document()
    refusal.remove(refusal[-1])
    assert "did not let you in" in said(posts(refusal))


def test_the_sign_in_page_offers_it_only_where_it_is_set_up_and_beside_openid(
    cast: Cast, settings: Any
) -> None:
    page = Client().get(LOGIN).content.decode()
    assert f'href="{BEGIN}?' in page
    assert "Sign in with Maple Valley" in page
    settings.SOCIALACCOUNT_PROVIDERS |= by_openid("https://accounts.example.org")
    assert Client().get(LOGIN).content.decode().count("Sign in with Maple Valley") == 2
    settings.SOCIALACCOUNT_PROVIDERS = configured(name="")
    assert "Sign in with your district’s account" in Client().get(LOGIN).content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert "Maple Valley" not in Client().get(LOGIN).content.decode()
    assert {Client().get(BEGIN).status_code, Client().post(BEGIN.replace("login", "acs")).status_code} <= {
        404,
        405,
    }


def test_whoever_can_write_to_the_database_makes_no_identity_provider(cast: Cast, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {}
    SocialApp.objects.create(
        provider="openid_connect",
        provider_id="evil",
        name="Evil",
        client_id="evil",
        settings={"server_url": "https://evil.example"},
    )
    SocialApp.objects.create(
        provider="saml", name="Evil", client_id="evil", settings=configured()["saml"]["APPS"][0]["settings"]
    )
    assert "Evil" not in Client().get(LOGIN).content.decode()
    assert {Client().get(f"/account/{kind}/evil/login/").status_code for kind in ("oidc", "saml")} == {404}


def test_the_description_of_this_system_names_its_address_for_answers_and_no_other(
    cast: Cast, settings: Any
) -> None:
    settings.SSC_STAFF_URL = "https://staff.maple.example"
    answer = Client().get(BEGIN.replace("login", "metadata"), headers={"host": "localhost"})
    described = etree.fromstring(answer.content)
    assert described.get("entityID") == "https://staff.maple.example/account/saml/district/metadata/"
    assert [one.get("Location") for one in described.iter() if one.get("Location")] == [
        "https://staff.maple.example/account/saml/district/acs/"
    ]
    assert b'WantAssertionsSigned="true"' in answer.content
    assert "validUntil" not in described.attrib


def test_cookies_of_a_sign_in_are_closed_to_scripts_and_to_other_sites(cast: Cast, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client = Client()
    over = client.get(BEGIN)
    back = posts(signed(Answer(asks(client), cast.aud.email)))
    for cookie, path in ((over.cookies["saml_asked"], ""), (back.cookies["saml_said"], "finish/")):
        assert {name: cookie[name] for name in ("httponly", "secure", "samesite", "path")} == {
            "httponly": True,
            "secure": True,
            "samesite": "Lax",
            "path": f"/account/saml/district/{path}",
        }
        assert int(cookie["max-age"]) <= 600


def test_a_certificate_that_has_run_out_is_said_by_the_sign_in_page_and_by_the_doctor(
    cast: Cast, settings: Any
) -> None:
    assert checks.certificate_of_the_identity_provider() == []
    settings.SOCIALACCOUNT_PROVIDERS = configured(pair("soon", days=20))
    assert "runs out on" in checks.certificate_of_the_identity_provider()[0].msg
    settings.SOCIALACCOUNT_PROVIDERS = configured(pair("gone", days=-1))
    assert "has run out on" in checks.certificate_of_the_identity_provider()[0].msg
    client = Client()
    assert client.get(BEGIN)["Location"] == LOGIN
    assert "certificate of your district’s sign-in has run out" in client.get(LOGIN).content.decode()
    document = Answer("_1", cast.aud.email).document()
    sign(document[-1], pair("gone", days=-1))
    assert "has run out" in said(posts(document))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"metadata": "no XML"}, "is not the metadata of an identity provider"),
        ({"metadata": "<html/>"}, "is not the metadata of an identity provider"),
        (
            {"metadata": "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"},
            "is not the metadata of an identity provider",
        ),
        ({"metadata": description()}, "is not the metadata of an identity provider"),
        (
            {"metadata": description(pair()).replace(pair().certificate[40:60], "AAAA")},
            "is not the metadata of an identity provider",
        ),
        (
            {"metadata": description(pair(), place="http://accounts.maple.example/sso")},
            "must begin with https://",
        ),
        ({"domains": ""}, "SSC_SAML_VERIFIED_DOMAINS"),
    ],
)
def test_a_wrong_setting_is_told_in_a_sentence(wrong: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        configured(**wrong)


def started(script: str, tmp_path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "SSC_DATA": str(tmp_path),
        "SSC_PROGRAM": "staff",
        "PYTHONPATH": "src",
        **settings,
    }
    return subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, cwd=ROOT, check=False
    )


def test_without_the_packages_one_sentence_says_how_to_get_them(tmp_path: Path) -> None:
    file = tmp_path / "metadata.xml"
    file.write_text(description(pair()), encoding="utf-8")
    settings = {"SSC_SAML_METADATA_FILE": str(file), "SSC_SAML_VERIFIED_DOMAINS": "maple.example"}
    without = "import sys; sys.modules['onelogin'] = None\nimport security_center.project.settings"
    ended = started(without, tmp_path, **settings)
    assert ended.returncode == 2
    assert ended.stderr == (
        "ssc: SSC_SAML_METADATA is set, but the packages for it are not installed here. Start once "
        "with SSC_EXTRAS=yes.\n"
    )


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_file_is_read_as_it_was_downloaded_or_said_to_be_no_text(tmp_path: Path, coding: str) -> None:
    file = tmp_path / "metadata.xml"
    file.write_text(f'<?xml version="1.0" encoding="utf-8"?>{description(pair())}', encoding=coding)
    settings = {"SSC_SAML_METADATA_FILE": str(file), "SSC_SAML_VERIFIED_DOMAINS": "maple.example"}
    ended = started("import security_center.project.settings", tmp_path, **settings)
    sentence = (
        f"ssc: SSC_SAML_METADATA_FILE points to {file}, which cannot be read (it is no text in UTF-8). "
        "Give a readable file or unset it.\n"
    )
    assert ended.stderr == ("" if "8" in coding else sentence)


def test_where_it_is_not_set_up_no_page_loads_its_packages(tmp_path: Path) -> None:
    script = (
        "import sys, django; django.setup()\n"
        "from django.urls import get_resolver; from allauth.socialaccount.providers import registry\n"
        "assert get_resolver().reverse_dict and registry.get_class_list()\n"
        "print([name for name in ('onelogin', 'lxml', 'xmlsec') if name in sys.modules])"
    )
    ended = started(script, tmp_path)
    assert ended.stdout == "[]\n", ended.stderr
