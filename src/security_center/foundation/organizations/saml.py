"""Sign-in by SAML: what is asked of the district's identity provider, and what its answer has to be before a
word of it is believed.

python3-saml proves the signature. It believes several things that nobody signed, or that are left out; those
are asked for here (docs/decisions/0026). The library and what it stands on are loaded when somebody signs in
this way, and not before."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from security_center.foundation.clock import now

# Characters of an answer; those of Google and Microsoft have about 10,000, and the whole is searched several
# times
LARGEST = 128 * 1024
MOST_ELEMENTS = 2_000

EMAIL_ATTRIBUTES = (
    "email",
    "mail",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
)
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
ADDRESS_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
PROTOCOL, ASSERTION = "{urn:oasis:names:tc:SAML:2.0:protocol}", "{urn:oasis:names:tc:SAML:2.0:assertion}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
SIGNATURES = {
    f"http://www.w3.org/2001/04/xmldsig-more#{kind}-sha{size}"
    for kind in ("rsa", "ecdsa")
    for size in (256, 384, 512)
}
DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
}

UNPROVED = _(
    "The answer of your district’s sign-in cannot be proved. Try again. If that does not help, sign "
    "in with your password and tell your "
    "administrator."
)
UNASKED = _(
    "That sign-in did not begin in this browser, took too long, or was used already. Begin again here."
)
LATE = _(
    "The answer of your district’s sign-in is too old, or its clock and ours differ. Try again. If "
    "that does not help, sign in with your password "
    "and tell your administrator."
)
ELSEWHERE = _(
    "The answer of your district’s sign-in is meant for another system. Sign in with your password "
    "and tell your administrator."
)
DECLINED = _("Your district’s sign-in did not let you in. Try again there, or sign in with your password.")
SEALED = _(
    "The answer of your district’s sign-in is encrypted, and must not be. Sign in with your "
    "password and tell your administrator."
)
NAMELESS = _(
    "Your district’s sign-in did not tell your e-mail address. Sign in with your password and tell "
    "your administrator."
)
RUN_OUT = _(
    "The certificate of your district’s sign-in has run out. Sign in with your password and tell "
    "your administrator."
)


class Refused(Exception):
    """An answer that lets nobody in. `sentence` says what to do."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(str(sentence))
        self.sentence = str(sentence)


def ask(app: Any) -> tuple[str, str]:
    """Where to send the browser, and the name of the request that the answer has to be to. Raises Refused."""
    from onelogin.saml2.auth import OneLogin_Saml2_Auth

    asking = OneLogin_Saml2_Auth(_here(app), _library_settings(app))
    return asking.login(return_to="", set_nameid_policy=False), asking.get_last_request_id()


def describe(app: Any) -> bytes:
    """What the identity provider has to know of this system, as it likes to read it."""
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

    described = OneLogin_Saml2_Settings(
        _library_settings(app, own_side=True), sp_validation_only=True
    ).get_sp_metadata()
    return described if isinstance(described, bytes) else described.encode()


def read(app: Any, answer: str) -> tuple[str, str]:
    """The e-mail address that the identity provider says somebody has, and the name of the request it says so
    to. Raises Refused."""
    from lxml.etree import LxmlError
    from onelogin.saml2.errors import OneLogin_Saml2_ValidationError
    from onelogin.saml2.response import OneLogin_Saml2_Response
    from onelogin.saml2.settings import OneLogin_Saml2_Settings
    from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

    known = _library_settings(app)
    try:
        # No entities, no document type, nothing fetched
        document = OneLogin_Saml2_XML.to_etree(base64.b64decode(answer))
    except (ValueError, LxmlError):
        raise Refused(UNPROVED) from None
    _look_at_shape(document)
    try:
        response = OneLogin_Saml2_Response(OneLogin_Saml2_Settings(known), answer)
        response.is_valid(_here(app), raise_exceptions=True)
        if response.get_issuers() != [known["idp"]["entityId"]]:
            raise Refused(UNPROVED)
        return _address(response), _request_answered(response.document, known["sp"])
    except Refused:
        raise
    except OneLogin_Saml2_ValidationError as error:
        raise Refused(_sentence(error)) from None
    except Exception:
        raise Refused(UNPROVED) from None  # whatever else the library stumbles over in what a stranger wrote


def _library_settings(app: Any, own_side: bool = False) -> dict[str, Any]:
    provider, moment = app.settings["idp"], now()
    known: dict[str, Any] = {
        "strict": True,
        "security": {
            "wantAssertionsSigned": True,
            "rejectDeprecatedAlgorithm": True,
            "requestedAuthnContext": False,
            "wantNameId": False,
            "wantAttributeStatement": False,
            "allowRepeatAttributeName": True,
            "allowSingleLabelDomains": True,
            # Without it python3-saml says in its description that it takes answers until two days from now.
            "metadataValidUntil": "",
            "metadataCacheDuration": "",
        },
        "sp": {
            "entityId": _address_of("saml_metadata", app),
            "assertionConsumerService": {"url": _address_of("saml_acs", app)},
            "NameIDFormat": ADDRESS_FORMAT,
        },
    }
    if not own_side:
        good = [
            certificate
            for certificate, ends in provider["certificates"]
            if datetime.fromisoformat(ends) > moment
        ]
        if not good:
            raise Refused(RUN_OUT)  # python3-saml does not look
        known["idp"] = {
            "entityId": provider["entity_id"],
            "singleSignOnService": {"url": provider["sso_url"]},
            "x509certMulti": {"signing": good},
        }
    return known


def _address_of(name: str, app: Any) -> str:
    """Our own, by the settings: a forged Host makes no other of it."""
    return f"{settings.SSC_STAFF_URL}{reverse(name, args=[app.client_id])}"


def _here(app: Any) -> dict[str, Any]:
    place = urlsplit(_address_of("saml_acs", app))
    return {
        "https": "on" if place.scheme == "https" else "off",
        "http_host": place.netloc,
        "script_name": "",
        "path_info": place.path,
        "get_data": {},
    }


def _look_at_shape(document: Any) -> None:
    """Before anything is computed: one assertion, at one place, signed as a whole, in one of few ways.

    A signature may ask for other files, for addresses and for programs (XSLT) on its way to what is signed,
    and libxmlsec does as it is asked before it has looked who signed; and what is proved and what is read
    must be the same (signature wrapping)."""
    elements = list(document.iter())
    if len(elements) > MOST_ELEMENTS:
        raise Refused(UNPROVED)
    if any(element.tag == f"{ASSERTION}EncryptedAssertion" for element in elements):
        raise Refused(SEALED)
    status = document.find(f"{PROTOCOL}Status/{PROTOCOL}StatusCode")
    if status is not None and not str(status.get("Value")).endswith(":Success"):
        raise Refused(DECLINED)  # such an answer holds no assertion
    assertions = [element for element in elements if element.tag == f"{ASSERTION}Assertion"]
    signatures = [element for element in elements if element.tag == f"{DS}Signature"]
    names = [name for element in elements if (name := element.get("ID")) is not None]
    signed = [signature.getparent() for signature in signatures]
    if not (
        document.tag == f"{PROTOCOL}Response"
        and len(assertions) == 1
        and assertions[0].getparent() is document
        and len(set(names)) == len(names)
        and not any(XML_ID in element.attrib for element in elements)
        and signed.count(assertions[0]) == 1
        and signed.count(document) == len(signed) - 1 <= 1
        and all(map(_is_plain, signatures))
    ):
        raise Refused(UNPROVED)


def _is_plain(signature: Any) -> bool:
    def algorithms(path: str) -> list[Any]:
        return [element.get("Algorithm") for element in signature.findall(path)]

    information, reference = f"{DS}SignedInfo", f"{DS}SignedInfo/{DS}Reference"
    references = signature.findall(f".//{DS}Reference")
    return (
        [child.tag for child in signature][:2] == [information, f"{DS}SignatureValue"]
        and [child.tag for child in signature][2:] in ([], [f"{DS}KeyInfo"])
        and len(references) == 1
        and [element.get("URI") for element in signature.findall(reference)]
        == [f"#{signature.getparent().get('ID')}"]
        and algorithms(f"{information}/{DS}CanonicalizationMethod") == [EXCLUSIVE]
        and set(algorithms(f"{information}/{DS}SignatureMethod")) <= SIGNATURES
        and set(algorithms(f"{reference}/{DS}DigestMethod")) <= DIGESTS
        and algorithms(f"{reference}/{DS}Transforms/{DS}Transform") == [ENVELOPED, EXCLUSIVE]
        and len(signature.findall(f".//{DS}Transform")) == 2
    )


def _request_answered(document: Any, here: dict[str, Any]) -> str:
    """Each of these python3-saml leaves alone where it is missing, or compares by a part of it."""
    assertion = document.find(f"{ASSERTION}Assertion")
    place = here["assertionConsumerService"]["url"]
    confirmations = assertion.findall(f"{ASSERTION}Subject/{ASSERTION}SubjectConfirmation")
    said = [
        data
        for one in confirmations
        if one.get("Method") == BEARER
        for data in one.findall(f"{ASSERTION}SubjectConfirmationData")
    ]
    if len(confirmations) != 1 or len(said) != 1 or not said[0].get("NotOnOrAfter"):
        raise Refused(UNPROVED)
    restrictions = assertion.findall(f"{ASSERTION}Conditions/{ASSERTION}AudienceRestriction")
    meant_for_us = [any(audience.text == here["entityId"] for audience in one) for one in restrictions]
    if (
        not meant_for_us
        or not all(meant_for_us)
        or said[0].get("Recipient") != place
        or document.get("Destination", place) != place
    ):
        raise Refused(ELSEWHERE)
    if not said[0].get("InResponseTo"):
        raise Refused(UNASKED)
    return str(said[0].get("InResponseTo"))


def _address(response: Any) -> str:
    """The one that the answer names, among the names that providers have for it; or the subject, where it
    says that it is an address."""
    said = response.get_attributes()
    found = {
        _small(value) for name in EMAIL_ATTRIBUTES for value in said.get(name, ()) if isinstance(value, str)
    }
    if not found and response.get_nameid_format() == ADDRESS_FORMAT:
        found = {response.get_nameid()}
    address = found.pop() if len(found) == 1 else None
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(NAMELESS) from None
    return str(address)


def _small(address: str) -> str:
    """One that Unicode would make another's of (the Kelvin sign is a k when it is small) stays as it is, and
    so nobody's."""
    return address.lower() if address.isascii() else address


def _sentence(error: Any) -> Any:
    late = {
        error.ASSERTION_TOO_EARLY,
        error.ASSERTION_EXPIRED,
        error.SESSION_EXPIRED,
        error.WRONG_SUBJECTCONFIRMATION,
    }
    elsewhere = {error.WRONG_DESTINATION, error.EMPTY_DESTINATION, error.WRONG_AUDIENCE}
    return LATE if error.code in late else ELSEWHERE if error.code in elsewhere else UNPROVED
