"""Reads the settings of sign-in through the district's own accounts (OpenID Connect, SAML)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlparse

# Stands in the addresses that it leads back to: /account/oidc/district/login/callback/,
# /account/saml/district/acs/
PROVIDER = "district"
APPS = [
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
]
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def providers(
    stop: Callable[[str], None], *, issuer: str, client: str, secret: str, name: str, domains: str
) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS, empty without an issuer. A wrong value stops the start."""
    if not issuer:
        return {}
    if not _is_safe(issuer):
        stop(f"SSC_OIDC_ISSUER is “{issuer}”, but it must be an address that begins with https://.")
    if not client or not secret:
        stop("SSC_OIDC_ISSUER is set, so SSC_OIDC_CLIENT_ID and SSC_OIDC_CLIENT_SECRET must be set too.")
    # What is said of a person comes straight from the issuer, over TLS, in a token that it signed. A code
    # that was caught on its way is worth nothing (PKCE).
    settings: dict[str, Any] = {
        "server_url": issuer.rstrip("/"),
        "fetch_userinfo": False,
        "oauth_pkce_enabled": True,
    }
    if proved := _listed(domains):
        settings["verified_email"] = proved
    app = {"provider_id": PROVIDER, "name": name, "client_id": client, "secret": secret, "settings": settings}
    return {"openid_connect": {"APPS": [app]}}


def saml_providers(
    stop: Callable[[str], None], *, program: str, metadata: str, name: str, domains: str
) -> dict[str, Any]:
    """The same for SAML: `metadata` is the identity provider's description of itself, as XML. Nothing is
    fetched. A certificate that has run out stops nothing here, since alerts have to go out: the checks of
    settings say it, and so does the sign-in page."""
    if not metadata or program not in {"staff", "manage"}:
        return {}
    try:
        from lxml.etree import LxmlError
        from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
    except ImportError:
        stop(
            "SSC_SAML_METADATA is set, but the packages for it are not installed here. Start once "
            "with SSC_EXTRAS=yes."
        )
    if not _listed(domains):
        stop(
            "SSC_SAML_METADATA is set, so SSC_SAML_VERIFIED_DOMAINS must name the domains of the "
            "district's e-mail addresses."
        )
    try:
        said = OneLogin_Saml2_IdPMetadataParser.parse(metadata).get("idp", {})
        several = said.get("x509certMulti", {}).get("signing", [])
        certificates = [(one, _end_of(one)) for one in (several or [said["x509cert"]])]
        entity, place = said["entityId"], said["singleSignOnService"]["url"]
    except (KeyError, ValueError, LxmlError):
        stop(
            "SSC_SAML_METADATA is not the metadata of an identity provider: it must be XML with its "
            "name, an address for HTTP-Redirect and a "
            "certificate. Download the file there again and name it in SSC_SAML_METADATA_FILE."
        )
    if not _is_safe(place):
        stop(f"The address in SSC_SAML_METADATA, “{place}”, must begin with https://.")
    app = {
        "name": name,
        "client_id": PROVIDER,
        "settings": {
            "idp": {"entity_id": entity, "sso_url": place, "certificates": certificates},
            "verified_email": _listed(domains),
        },
    }
    return {"saml": {"APPS": [app]}}


def _end_of(certificate: str) -> str:
    from cryptography import x509

    return x509.load_der_x509_certificate(base64.b64decode(certificate)).not_valid_after_utc.isoformat()


def _listed(domains: str) -> list[str]:
    return [domain.strip() for domain in domains.split(",") if domain.strip()]


def _is_safe(address: str) -> bool:
    place = urlparse(address)
    return bool(place.hostname) and (
        place.scheme == "https" or (place.scheme == "http" and place.hostname in LOOPBACK)
    )
