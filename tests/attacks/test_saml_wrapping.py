"""Signature wrapping: a genuine answer of the identity provider is put into a false one, so that the
signature is still found and another address is read. Other false answers are in test_saml.py."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from lxml import etree
from tests.attacks.refused_answers import _by_saml, is_refused
from tests.cast import Cast
from tests.organizations.saml_provider import SAMLP, Answer, asks, part, posts, signed

from security_center.foundation.organizations import saml

__all__ = ["_by_saml"]


def false_copy(assertion: Any, victim: str) -> Any:
    false = copy.deepcopy(assertion)
    false.set("ID", "_false")
    for signature in false.findall(f"{saml.DS}Signature"):
        false.remove(signature)
    part(false, ".//saml:AttributeValue").text = victim
    return false


def frame_around_the_signed_one(document: Any, victim: str) -> Any:
    """XSW 1 and 2: another response, which carries the genuine one within or beside its signature."""
    genuine = copy.deepcopy(document)
    signature = genuine.find(f"{saml.DS}Signature")
    genuine.remove(signature)
    document.set("ID", "_false")
    part(document, ".//saml:AttributeValue").text = victim
    etree.SubElement(document.find(f"{saml.DS}Signature"), f"{saml.DS}Object").append(genuine)
    return document


def frame_beside_the_signed_one(document: Any, victim: str) -> Any:
    genuine = copy.deepcopy(document)
    genuine.remove(genuine.find(f"{saml.DS}Signature"))
    document.set("ID", "_false")
    part(document, ".//saml:AttributeValue").text = victim
    document.insert(1, genuine)
    return document


def false_one_first(document: Any, victim: str) -> Any:
    """XSW 3."""
    genuine = part(document, "saml:Assertion")
    genuine.addprevious(false_copy(genuine, victim))
    return document


def genuine_within_the_false_one(document: Any, victim: str) -> Any:
    """XSW 4."""
    genuine = part(document, "saml:Assertion")
    false = false_copy(genuine, victim)
    document.replace(genuine, false)
    false.append(genuine)
    return document


def signature_moved_to_the_false_one(document: Any, victim: str) -> Any:
    """XSW 5."""
    genuine = part(document, "saml:Assertion")
    false, signature = false_copy(genuine, victim), genuine.find(f"{saml.DS}Signature")
    false.insert(1, signature)
    genuine.addprevious(false)
    return document


def genuine_within_the_moved_signature(document: Any, victim: str) -> Any:
    """XSW 6 and 8: the one assertion that a reader finds below the response is the false one."""
    genuine = part(document, "saml:Assertion")
    false, signature = false_copy(genuine, victim), genuine.find(f"{saml.DS}Signature")
    document.replace(genuine, false)
    false.insert(1, signature)
    etree.SubElement(signature, f"{saml.DS}Object").append(genuine)
    return document


def false_one_among_the_extensions(document: Any, victim: str) -> Any:
    """XSW 7."""
    genuine = part(document, "saml:Assertion")
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    extensions.append(false_copy(genuine, victim))
    document.insert(1, extensions)
    return document


def genuine_under_the_same_name_among_the_extensions(document: Any, victim: str) -> Any:
    """The reference names one thing, and there are two of that name: one is proved, the other read."""
    genuine = part(document, "saml:Assertion")
    false = false_copy(genuine, victim)
    false.set("ID", genuine.get("ID"))
    false.insert(1, copy.deepcopy(genuine.find(f"{saml.DS}Signature")))
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    document.insert(1, extensions)
    document.replace(genuine, false)
    extensions.append(genuine)
    return document


def a_thing_with_an_xml_id_of_that_name(document: Any, victim: str) -> Any:
    genuine = part(document, "saml:Assertion")
    part(genuine, ".//saml:AttributeValue").text = victim
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    etree.SubElement(extensions, "{urn:x}thing").set(saml.XML_ID, "_assertion")
    document.insert(1, extensions)
    return document


WRAPPINGS = [
    frame_around_the_signed_one,
    frame_beside_the_signed_one,
    false_one_first,
    genuine_within_the_false_one,
    signature_moved_to_the_false_one,
    genuine_within_the_moved_signature,
    false_one_among_the_extensions,
    genuine_under_the_same_name_among_the_extensions,
    a_thing_with_an_xml_id_of_that_name,
]


@pytest.mark.parametrize("wrapped", WRAPPINGS)
@pytest.mark.parametrize("frame_too", [False, True])
def test_a_genuine_answer_wrapped_into_a_false_one_lets_nobody_in(
    cast: Cast, wrapped: Callable[[Any, str], Any], frame_too: bool
) -> None:
    """A reader's own answer, with the administrator's address put where it is read."""
    client = Client()
    document = signed(Answer(asks(client), cast.aud.email), whole=frame_too or "frame" in wrapped.__name__)
    assert is_refused(client, posts(wrapped(document, cast.ada.email)))
