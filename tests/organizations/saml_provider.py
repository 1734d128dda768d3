"""A small SAML identity provider: it signs real answers with a real key, and whatever a test has it say."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.test import Client
from lxml import etree

from security_center.project.identity_provider import PROVIDER, saml_providers

BEGIN, ACS = f"/account/saml/{PROVIDER}/login/", f"/account/saml/{PROVIDER}/acs/"
ENTITY = "https://accounts.maple.example/saml"
SAML, SAMLP = "urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:2.0:protocol"
NAMESPACES = {"saml": SAML, "samlp": SAMLP, "ds": "http://www.w3.org/2000/09/xmldsig#"}
VALUE = "<saml:AttributeValue>{}</saml:AttributeValue>"
EMAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
BY_ADDRESS = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


@dataclass(frozen=True)
class Pair:
    key: bytes
    certificate: str


@cache
def pair(name: str = "the district's", days: int = 400, curve: bool = False) -> Pair:
    """A key and its certificate, which runs out in so many days."""
    key = (
        ec.generate_private_key(ec.SECP256R1())
        if curve
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    ends = datetime.now(UTC) + timedelta(days=days)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
    )
    signed = (
        made.not_valid_before(ends - timedelta(days=1000)).not_valid_after(ends).sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Pair(pem, base64.b64encode(signed.public_bytes(serialization.Encoding.DER)).decode())


def description(*pairs: Pair, place: str = "https://accounts.maple.example/sso") -> str:
    keys = "".join(
        "<md:KeyDescriptor "
        f'use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{one.certificate}</ds:X509Certificate></ds:X509Data>'
        "</ds:KeyInfo></md:KeyDescriptor>"
        for one in pairs
    )
    return (
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" '
        f'xmlns:ds="{NAMESPACES["ds"]}" entityID="{ENTITY}">'
        f'<md:IDPSSODescriptor protocolSupportEnumeration="{SAMLP}">{keys}'
        '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
        f'Location="{place}"/>'
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


def configured(*pairs: Pair, domains: str = "maple.example", **changes: str) -> dict[str, Any]:
    def refused(sentence: str) -> None:
        raise ValueError(sentence)

    return saml_providers(
        refused,
        program="staff",
        **{
            "metadata": description(*(pairs or (pair(),))),
            "name": "Maple Valley",
            "domains": domains,
            **changes,
        },
    )


def moment(seconds: int = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Answer:
    """What the provider says, before it signs. Each part may be made wrong."""

    asked: str
    address: str
    name: str = "a1b2c3"
    name_format: str = PERSISTENT
    attributes: list[tuple[str, list[str]]] | None = None
    audience: str | None = field(
        default_factory=lambda: f"{settings.SSC_STAFF_URL}/account/saml/{PROVIDER}/metadata/"
    )
    recipient: str | None = field(default_factory=lambda: f"{settings.SSC_STAFF_URL}{ACS}")
    destination: str = field(default_factory=lambda: f"{settings.SSC_STAFF_URL}{ACS}")
    issuer: str = ENTITY
    begins: int = -60
    ends: int | None = 300
    status: str = "Success"

    def document(self) -> Any:
        attributes = [(EMAIL, [self.address])] if self.attributes is None else self.attributes
        said = "".join(
            f'<saml:Attribute Name="{name}">{"".join(map(VALUE.format, values))}</saml:Attribute>'
            for name, values in attributes
        )
        statement = f"<saml:AttributeStatement>{said}</saml:AttributeStatement>" if said else ""
        recipient = f' Recipient="{self.recipient}"' if self.recipient else ""
        asked = f' InResponseTo="{self.asked}"' if self.asked else ""
        lasts = f' NotOnOrAfter="{moment(self.ends)}"' if self.ends is not None else ""
        audience = (
            f"<saml:AudienceRestriction><saml:Audience>{self.audience}</saml:Audience></saml:AudienceRestriction>"
            if self.audience
            else ""
        )
        return etree.fromstring(
            f'<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_response" '
            f'Version="2.0" IssueInstant="{moment()}"'
            f' Destination="{self.destination}"{asked}><saml:Issuer>{self.issuer}</saml:Issuer>'
            "<samlp:Status><samlp:StatusCode "
            f'Value="urn:oasis:names:tc:SAML:2.0:status:{self.status}"/></samlp:Status>'
            '<saml:Assertion ID="_assertion" Version="2.0" '
            f'IssueInstant="{moment()}"><saml:Issuer>{self.issuer}</saml:Issuer>'
            f'<saml:Subject><saml:NameID Format="{self.name_format}">{self.name}</saml:NameID>'
            "<saml:SubjectConfirmation "
            f'Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData{lasts}{recipient}{asked}/>'
            "</saml:SubjectConfirmation></saml:Subject><saml:Conditions "
            f'NotBefore="{moment(self.begins)}"{lasts}>{audience}</saml:Conditions>'
            f'<saml:AuthnStatement AuthnInstant="{moment()}"><saml:AuthnContext><saml:AuthnContextClassRef>'
            "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
            "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
            f"{statement}</saml:Assertion></samlp:Response>"
        )


def part(document: Any, path: str) -> Any:
    return document.find(path, NAMESPACES)


def sign(
    element: Any,
    by: Pair | None = None,
    way: Any = xmlsec.Transform.RSA_SHA256,
    digest: Any = xmlsec.Transform.SHA256,
) -> None:
    """As Google, Microsoft and the others do: enveloped, exclusively canonical, behind the issuer."""
    signature = xmlsec.template.create(element, xmlsec.Transform.EXCL_C14N, way, ns="ds")
    reference = xmlsec.template.add_reference(signature, digest, uri=f"#{element.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    element.insert(1, signature)
    xmlsec.tree.add_ids(element.getroottree().getroot(), ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory((by or pair()).key, xmlsec.KeyFormat.PEM, None)
    context.sign(signature)


def signed(answer: Answer, whole: bool = False, by: Pair | None = None, **ways: Any) -> Any:
    document = answer.document()
    sign(part(document, "saml:Assertion"), by, **ways)
    if whole:
        sign(document, by, **ways)
    return document


def asks(client: Client, begin: str = BEGIN) -> str:
    """The name of the request that the sign-in page's link sends over."""
    there = client.get(begin)["Location"]
    assert there.startswith("https://accounts.maple.example/sso?")
    sent = zlib.decompress(base64.b64decode(parse_qs(urlsplit(there).query)["SAMLRequest"][0]), -15)
    return str(etree.fromstring(sent).get("ID"))


def posts(answer: Any) -> Any:
    """What the other site's form sends. A browser gives it none of our cookies."""
    text = answer if isinstance(answer, str) else base64.b64encode(etree.tostring(answer)).decode()
    return Client().post(
        ACS, f"SAMLResponse={text.replace('+', '%2B')}", content_type="application/x-www-form-urlencoded"
    )


def goes_on(client: Client, answered: Any) -> Any:
    client.cookies.update(answered.cookies)
    return client.get(answered["Location"])


def signs_in(
    address: str, client: Client | None = None, begin: str = BEGIN, **said: Any
) -> tuple[Client, Any]:
    """Follows the ways that a browser would, over to the provider and back."""
    client = client or Client()
    return client, goes_on(client, posts(signed(Answer(asks(client, begin), address, **said))))
