"""Reads the settings of sign-in through the district's own accounts (OpenID Connect)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlparse

PROVIDER = "district"  # stands in the address that the identity provider leads back to: /account/oidc/district/login/callback/
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def providers(stop: Callable[[str], None], *, issuer: str, client: str, secret: str, name: str, domains: str) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS, empty without an issuer. A wrong value stops the start."""
    if not issuer:
        return {}
    place = urlparse(issuer)
    if not place.hostname or (place.scheme != "https" and not (place.scheme == "http" and place.hostname in LOOPBACK)):
        stop(f"SSC_OIDC_ISSUER is “{issuer}”, but it must be an address that begins with https://.")
    if not client or not secret:
        stop("SSC_OIDC_ISSUER is set, so SSC_OIDC_CLIENT_ID and SSC_OIDC_CLIENT_SECRET must be set too.")
    # What is said of a person comes in the signed token, straight from the issuer; a code that was caught on its way is worth nothing (PKCE).
    settings: dict[str, Any] = {"server_url": issuer.rstrip("/"), "fetch_userinfo": False, "oauth_pkce_enabled": True}
    if proved := [domain.strip() for domain in domains.split(",") if domain.strip()]:
        settings["verified_email"] = proved
    app = {"provider_id": PROVIDER, "name": name, "client_id": client, "secret": secret, "settings": settings}
    return {"openid_connect": {"APPS": [app]}}
