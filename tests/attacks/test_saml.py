"""Answers of an identity provider that a stranger made, changed, kept or sent again. Each leads back to the
sign-in page with a sentence, lets nobody in, and leaves nothing behind. The provider that signs what is
genuine in them is tests/organizations/saml_provider.py; signature wrapping is in test_saml_wrapping.py."""

from __future__ import annotations

import base64
import copy
import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
import xmlsec
from django.conf import settings as now_set
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from lxml import etree
from tests.attacks.refused_answers import _by_saml, is_refused
from tests.cast import Cast
from tests.organizations.saml_provider import (
    ACS,
    BY_ADDRESS,
    SAML,
    Answer,
    asks,
    goes_on,
    moment,
    pair,
    part,
    posts,
    sign,
    signed,
)

from security_center.foundation.organizations import saml, sign_in_cookies
from security_center.foundation.vault.provider import VaultLocked

__all__ = ["_by_saml"]

OURS = f"{now_set.SSC_STAFF_URL}{ACS}"


# --- who signed, and what


def unsigned(answer: Answer) -> Any:
    return answer.document()


def with_a_signed_frame_only(answer: Answer) -> Any:
    document = answer.document()
    sign(document)
    return document


def by_another_key(answer: Answer) -> Any:
    return signed(answer, by=pair("somebody else's"))


def by_another_key_that_it_brings_along(answer: Answer) -> Any:
    document = signed(answer, by=pair("somebody else's"))
    information = etree.SubElement(part(document, ".//ds:Signature"), f"{saml.DS}KeyInfo")
    data = etree.SubElement(information, f"{saml.DS}X509Data")
    etree.SubElement(data, f"{saml.DS}X509Certificate").text = pair("somebody else's").certificate
    return document


def changed_afterwards(answer: Answer) -> Any:
    document = signed(answer, whole=True)
    part(document, ".//saml:AttributeValue").text = "somebody@else.example"
    return document


def with_sha1(answer: Answer) -> Any:
    return signed(answer, way=xmlsec.Transform.RSA_SHA1, digest=xmlsec.Transform.SHA1)


def with_a_sha1_digest(answer: Answer) -> Any:
    return signed(answer, digest=xmlsec.Transform.SHA1)


def with_the_certificate_as_a_password(answer: Answer) -> Any:
    document = signed(answer)
    part(document, ".//ds:SignatureMethod").set(
        "Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
    )
    return document


def with_a_signature_of_the_frame_by_another(answer: Answer) -> Any:
    document = signed(answer)
    sign(document, pair("somebody else's"))
    return document


@pytest.mark.parametrize(
    "made",
    [
        unsigned,
        with_a_signed_frame_only,
        by_another_key,
        by_another_key_that_it_brings_along,
        changed_afterwards,
        with_sha1,
        with_a_sha1_digest,
        with_the_certificate_as_a_password,
        with_a_signature_of_the_frame_by_another,
    ],
)
def test_what_the_districts_key_did_not_sign_as_a_whole_lets_nobody_in(
    cast: Cast, made: Callable[[Answer], Any]
) -> None:
    client = Client()
    assert is_refused(client, posts(made(Answer(asks(client), cast.aud.email))), "cannot be proved")


@pytest.mark.parametrize("by_subject", [True, False])
@pytest.mark.parametrize("between", ["<!-- -->", "<?x?>", "<![CDATA[]]>", "<b/>"])
def test_what_stands_within_an_address_does_not_cut_it_short(
    cast: Cast, by_subject: bool, between: str
) -> None:
    """An account of the attacker there, with an address that begins as the victim's. Signatures do not see
    comments."""
    client = Client()
    way: dict[str, Any] = (
        {"attributes": [], "name": f"{cast.aud.email}.evil.example", "name_format": BY_ADDRESS}
        if by_subject
        else {}
    )
    text = etree.tostring(
        signed(Answer(asks(client), f"{cast.aud.email}.evil.example", **way)), encoding="unicode"
    )
    cut = text.replace(f"{cast.aud.email}.evil", f"{cast.aud.email}{between}.evil")
    assert cut != text
    assert is_refused(client, posts(base64.b64encode(cut.encode()).decode()))


# --- for whom, from whom, when

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "another audience": ({"audience": "https://other.example/metadata"}, "meant for another system"),
    "no audience": ({"audience": None}, "meant for another system"),
    "another recipient": ({"recipient": "https://other.example/acs/"}, ""),
    "a recipient that begins as ours": ({"recipient": f"{OURS}.other.example/"}, "meant for another system"),
    "a recipient that holds ours": (
        {"recipient": f"https://other.example/?{OURS}"},
        "meant for another system",
    ),
    "no recipient": ({"recipient": None}, "meant for another system"),
    "another destination": ({"destination": "https://other.example/acs/"}, "meant for another system"),
    "a destination that begins as ours": ({"destination": f"{OURS}more/"}, "meant for another system"),
    "another issuer": ({"issuer": "https://other.example/saml"}, "cannot be proved"),
    "no issuer": ({"issuer": ""}, "cannot be proved"),
    "an answer of yesterday": ({"begins": -90_000, "ends": -86_400}, "too old"),
    "an answer that has just ended": ({"ends": -1}, "too old"),
    "an answer of tomorrow": ({"begins": 400, "ends": 900}, "too old"),
    "an answer that never ends": ({"ends": None}, "cannot be proved"),
    "a failure": ({"status": "Responder"}, "did not let you in"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_signed_answer_for_another_place_or_time_lets_nobody_in(cast: Cast, wrong: str) -> None:
    client, (said, sentence) = Client(), WRONG[wrong]
    assert is_refused(
        client, posts(signed(Answer(asks(client), cast.aud.email, **said), whole=True)), sentence
    )


def test_an_answer_for_us_and_only_for_another_too_is_for_nobody(cast: Cast) -> None:
    """Two restrictions both hold."""
    client = Client()
    document = Answer(asks(client), cast.aud.email).document()
    part(document, ".//saml:Conditions").append(copy.deepcopy(part(document, ".//saml:AudienceRestriction")))
    document.findall(f".//{{{SAML}}}Audience")[1].text = "https://other.example"
    sign(part(document, "saml:Assertion"))
    assert is_refused(client, posts(document), "meant for another system")


def test_the_times_of_an_answer_are_not_stretched(cast: Cast) -> None:
    """A wrong clock is forgiven by five minutes at the beginning, and by nothing at the end."""
    client = Client()
    assert is_refused(client, posts(signed(Answer(asks(client), cast.aud.email, begins=310))), "too old")
    document = Answer(asks(client), cast.aud.email).document()
    part(document, ".//saml:SubjectConfirmationData").set("NotOnOrAfter", moment(-1))
    sign(part(document, "saml:Assertion"))
    assert is_refused(client, posts(document), "too old")


# --- asked for, and once


@pytest.mark.parametrize("asked", ["", "ONELOGIN_0000"])
def test_an_answer_that_nobody_asked_for_lets_nobody_in(cast: Cast, asked: str) -> None:
    client = Client()
    asks(client)
    assert is_refused(
        client, posts(signed(Answer(asked, cast.aud.email), whole=True)), "did not begin in this browser"
    )


def test_an_answer_to_another_browser_lets_nobody_in(cast: Cast) -> None:
    """An attacker's own answer in the victim's browser, or the victim's in the attacker's."""
    theirs, client = Client(), Client()
    asks(client)
    assert is_refused(
        client, posts(signed(Answer(asks(theirs), cast.aud.email))), "did not begin in this browser"
    )


def test_which_request_it_answers_is_believed_only_where_it_is_signed(cast: Cast) -> None:
    """The frame of an answer is not signed: a stolen answer is made to fit the thief's browser there."""
    client = Client()
    document = signed(Answer("ONELOGIN_0000", cast.aud.email))
    document.set("InResponseTo", asks(client))
    assert is_refused(client, posts(document))


def test_an_answer_that_came_through_is_worth_nothing_a_second_time(cast: Cast) -> None:
    """Whoever finds it in the browser's memory, with the browser's cookies of then."""
    client = Client()
    asked = asks(client)
    then = copy.deepcopy(client.cookies)
    document = signed(Answer(asked, cast.aud.email))
    goes_on(client, posts(document))
    assert client.get("/organizations/").status_code == 200
    assert is_refused(Client(), posts(document), "was used already")
    thief = Client()
    thief.cookies.update(then)
    assert is_refused(thief, posts(document), "was used already")
    thief.cookies.update(then)
    another = signed(Answer(asked, cast.aud.email))
    assert is_refused(thief, posts(another), "was used already")


@pytest.mark.parametrize("late", ["asked", "said"])
def test_a_step_that_comes_late_lets_nobody_in(cast: Cast, late: str) -> None:
    client = Client()
    with time_machine.travel(time.time(), tick=False) as traveller:
        asked = asks(client)
        traveller.shift(601 if late == "asked" else 0)
        answered = posts(signed(Answer(asked, cast.aud.email)))
        assert "finish" in answered["Location"]
        traveller.shift(61 if late == "said" else 0)
        assert is_refused(client, answered, "took too long")


def test_made_up_and_exchanged_cookies_let_nobody_in(cast: Cast) -> None:
    for said in ("made:up", "", None):
        client = Client()
        asks(client)
        client.cookies["saml_said"] = client.cookies["saml_asked"].value if said is None else said
        assert is_refused(client, client.get(ACS.replace("acs", "finish")), "did not begin")
    assert is_refused(Client(), Client().get(ACS.replace("acs", "finish")), "did not begin")


def test_whoever_has_the_signing_secret_alone_is_signed_in_as_nobody(cast: Cast, settings: Any) -> None:
    """The public program shares it: whoever took that over writes both cookies, and no row has to be
    there."""
    for person in (cast.aud, cast.rosa):
        client, asked = Client(), "ONELOGIN_0000"
        client.cookies["saml_asked"] = signing.dumps({asked: "/"}, salt="saml_asked")
        client.cookies["saml_said"] = signing.dumps([person.email, asked], salt="saml_said")
        assert is_refused(client, client.get(ACS.replace("acs", "finish")), "did not begin in this browser")
    settings.SSC_PROGRAM = "public"
    with pytest.raises(VaultLocked):
        sign_in_cookies.keep(HttpResponse(), "saml_said", [cast.aud.email, asked], seconds=60, path="/")
