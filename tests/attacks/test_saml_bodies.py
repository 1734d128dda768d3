"""What a stranger sends to the address for answers of an identity provider: what it costs, what it makes the
machine do, and what it leaves behind. Answers that are well made and false are in test_saml.py."""

from __future__ import annotations

import base64
import copy
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as now_set
from django.db import connection
from django.test import Client
from lxml import etree
from tests.attacks.refused_answers import LOGIN, _by_saml, is_refused
from tests.cast import Cast
from tests.organizations.saml_provider import (
    ACS,
    BEGIN,
    SAML,
    SAMLP,
    Answer,
    asks,
    part,
    posts,
    signed,
    signs_in,
)

from security_center.foundation.organizations import saml
from security_center.foundation.organizations.models import SignIn

__all__ = ["_by_saml"]


def form(text: bytes | str) -> str:
    raw = text.encode() if isinstance(text, str) else text
    return "SAMLResponse=" + base64.b64encode(raw).decode().replace("+", "%2B")


BOMB = (
    "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
FILE = "<!DOCTYPE a [<!ENTITY f SYSTEM 'file:///etc/hostname'>]><a>&f;</a>"
MALFORMED: dict[str, str] = {
    "nothing": "",
    "an empty answer": "SAMLResponse=",
    "no base64": "SAMLResponse=%%%25%FF%00",
    "a torn base64": "SAMLResponse=AAAAA",
    "letters of elsewhere": "SAMLResponse=%E2%98%83",
    "no XML": form("hello"),
    "torn XML": form("<samlp:Response"),
    "bytes": form(bytes(range(256))),
    "another document": form("<html><body/></html>"),
    "an empty response": form(f'<samlp:Response xmlns:samlp="{SAMLP}"/>'),
    "entities in entities": form(f"{BOMB}<a>&i;</a>"),
    "an entity that is a file": form(FILE),
    "the same in UTF-16": form(FILE.encode("utf-16")),
    "a document type elsewhere": form("<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a/>"),
    "deep": form("<a>" * 20_000),
    "wide": form(f"<a>{'<b/>' * 20_000}</a>"),
    "many attributes": form(f"<a {' '.join(f'a{n}=""' for n in range(9000))}/>"),
    "large": "SAMLResponse=" + "A" * 1_000_000,
    "many fields": "&".join(f"a{n}=" for n in range(3000)),
}


@pytest.mark.parametrize("body", MALFORMED)
def test_a_malformed_body_costs_little_and_leads_back_with_a_sentence(cast: Cast, body: str) -> None:
    began = time.process_time()
    answered = Client().post(ACS, MALFORMED[body], content_type="application/x-www-form-urlencoded")
    spent = time.process_time() - began
    assert is_refused(Client(), answered, "cannot be proved")
    assert spent < 0.5


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "text/xml", ""])
def test_an_answer_in_another_form_is_not_read(cast: Cast, kind: str) -> None:
    client = Client()
    text = base64.b64encode(etree.tostring(signed(Answer(asks(client), cast.aud.email)))).decode()
    body = (
        f'--x\r\nContent-Disposition: form-data; name="SAMLResponse"\r\n\r\n{text}\r\n--x--\r\n'
        if "x" in kind
        else text
    )
    assert is_refused(client, client.generic("POST", ACS, body, content_type=kind), "cannot be proved")


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_another_method_is_no_answer(cast: Cast, method: str) -> None:
    assert getattr(Client(), method)(f"{ACS}?SAMLResponse=AAAA")["Location"] == LOGIN


def test_an_encrypted_answer_is_told_so(cast: Cast) -> None:
    client = Client()
    document = signed(Answer(asks(client), cast.aud.email))
    etree.SubElement(document, f"{{{SAML}}}EncryptedAssertion")
    assert is_refused(client, posts(document), "is encrypted, and must not be")


def test_an_answer_that_is_dear_to_look_through_takes_half_a_second_at_most(cast: Cast) -> None:
    """As large as it may be, in a shape that reaches the library: long texts, and as many elements as are let
    through."""
    client = Client()
    few = [(f"a{n}", ["x" * 20]) for n in range(300)]
    document = signed(
        Answer(
            asks(client),
            cast.aud.email,
            attributes=[("email", [cast.aud.email]), *few, ("long", ["y" * 40_000])],
        )
    )
    for forged in (False, True):
        if forged:
            part(document, ".//ds:SignatureValue").text = "AAAA"
        text = base64.b64encode(etree.tostring(document)).decode()
        assert len(text) < saml.LARGEST
        began = time.process_time()
        assert posts(text)["Location"] == (LOGIN if forged else ACS.replace("acs", "finish"))
        assert time.process_time() - began < 0.5


# --- what it makes the machine do, and keep
# -------------------------------------------------------------------------


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address of ours that writes down who asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_arguments: Any) -> None:
            return

        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


XSLT = (
    '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:template '
    'match="/"><x/></xsl:template></xsl:stylesheet>'
)


def test_no_answer_makes_the_machine_fetch_open_or_run_anything(
    cast: Cast, listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    """A signature may name other things to be proved, and ways to get there; libxmlsec goes there before it
    knows who signed."""
    there, asked = listener
    os.mkfifo(tmp_path / "file")
    opened = threading.Thread(target=(tmp_path / "file").write_text, args=["it was opened"], daemon=True)
    opened.start()

    def more_references(place: str) -> Callable[[Any], None]:
        def change(document: Any) -> None:
            reference = part(document, ".//ds:Reference")
            another = copy.deepcopy(reference)
            another.set("URI", place)
            another.remove(part(another, "ds:Transforms"))
            reference.addnext(another)

        return change

    def transform(document: Any) -> None:
        one = part(document, ".//ds:Transform")
        one.set("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")
        one.append(
            etree.fromstring(XSLT.replace("<x/>", f"<xsl:copy-of select=\"document('{there}/xslt')\"/>"))
        )

    def key_elsewhere(document: Any) -> None:
        information = etree.SubElement(part(document, ".//ds:Signature"), f"{saml.DS}KeyInfo")
        etree.SubElement(information, f"{saml.DS}RetrievalMethod").set("URI", f"{there}/key")

    def schema_elsewhere(document: Any) -> None:
        document.set("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", f"{SAMLP} {there}/schema")

    def include(document: Any) -> None:
        etree.SubElement(
            part(document, ".//saml:AttributeValue"), "{http://www.w3.org/2001/XInclude}include"
        ).set("href", f"{there}/include")

    changes = [
        more_references(f"{there}/reference"),
        more_references(f"file://{tmp_path}/file"),
        transform,
        key_elsewhere,
        schema_elsewhere,
        include,
    ]
    for change in changes:
        client = Client()
        document = signed(Answer(asks(client), cast.aud.email))
        change(document)
        posts(document)
    for text in (
        f"<!DOCTYPE a SYSTEM '{there}/dtd'><a/>",
        f"<!DOCTYPE a [<!ENTITY % e SYSTEM '{there}/entity'>%e;]><a/>",
    ):
        posts(base64.b64encode(text.encode()).decode())
    assert asked == []
    assert opened.is_alive()
    assert (tmp_path / "file").open().read() == "it was opened"  # now, by us


def test_no_answer_chooses_how_much_is_computed(cast: Cast) -> None:
    """A hundred letters of XPath that go through everything for everything take minutes, whoever signed."""
    client = Client()
    many = [(f"a{n}", ["x"]) for n in range(300)]
    document = signed(Answer(asks(client), cast.aud.email, attributes=many))
    transform = part(document, ".//ds:Transform")
    transform.set("Algorithm", "http://www.w3.org/TR/1999/REC-xpath-19991116")
    etree.SubElement(transform, f"{saml.DS}XPath").text = "count(//*[count(//*) > 0]) > 0"
    began = time.process_time()
    assert is_refused(client, posts(document), "cannot be proved")
    assert time.process_time() - began < 0.5


def counted() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {now_set.SSC_COUNTER_TABLES['others']}")  # noqa: S608 - our own table's name
        return [SignIn.objects.count(), cursor.fetchone()[0]]


def test_a_stranger_leaves_no_row_and_no_line_behind(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    before = counted()
    with caplog.at_level(logging.DEBUG):
        for _ in range(5):
            Client().get(BEGIN)
            posts(Answer("_1", cast.aud.email).document())
            posts("x" * 100_000)
            Client().get(ACS.replace("acs", "finish"))
    assert counted() == before
    assert cast.aud.email not in caplog.text
    assert not [line for line in caplog.records if line.levelno >= logging.INFO]


def test_a_sign_in_leaves_neither_the_address_nor_the_answer_in_the_counters(cast: Cast) -> None:
    signs_in(cast.aud.email)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT cache_key, value FROM {now_set.SSC_COUNTER_TABLES['others']}")  # noqa: S608
        kept = str(cursor.fetchall())
    assert cast.aud.email not in kept
