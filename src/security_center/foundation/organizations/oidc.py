"""Sign-in by OpenID Connect: what the district's identity provider says of somebody, before allauth makes it
its own."""

from __future__ import annotations

import logging
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal.jwtkit import verify_jti
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter

logger = logging.getLogger(__name__)

# Those with which only the provider signs. With a secret of both (HS256) so could whoever knows it; a public
# key must never serve as one.
ASYMMETRIC = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)


class DistrictAdapter(OpenIDConnectOAuth2Adapter):
    def complete_login(self, request: Any, app: Any, token: Any, **kwargs: Any) -> Any:
        """allauth writes the address small, by Unicode's rules. The one that was said is put back: whose it
        is, `pre_social_login` decides. Without a token it would read a page that nobody signed. Raises
        OAuth2Error."""
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("No id_token")
        login = super().complete_login(request, app, token, **kwargs)
        said = login.account.extra_data.get("id_token", {}).get("email")
        for one in login.email_addresses:
            one.email = said
        return login

    def _decode_id_token(self, app: Any, id_token: str) -> Any:
        """allauth asks for no signature of a token that came straight from the provider, over TLS: whatever
        answers there would say who somebody is. The keys come over TLS as well, so this holds against a false
        token, not against whoever holds the line. Raises OAuth2Error."""
        try:
            claims = self._signed_claims(app, id_token)
        except (jwt.PyJWTError, AttributeError, TypeError) as fault:
            logger.error("the identity provider's token is not believed: %s", type(fault).__name__)
            raise OAuth2Error("Invalid id_token") from fault
        verify_jti(claims)
        return claims

    def _signed_claims(self, app: Any, id_token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(id_token)
        kid, allowed = (
            header.get("kid"),
            ASYMMETRIC.intersection(
                self.openid_config.get("id_token_signing_alg_values_supported", ["RS256"])
            ),
        )
        if header["alg"] not in allowed:
            raise jwt.InvalidAlgorithmError
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = [
                key
                for key in answer.json()["keys"]
                if key.get("use", "sig") == "sig" and kid in {None, key.get("kid")}
            ]
        if len(keys) != 1:
            raise jwt.InvalidKeyError
        claims: dict[str, Any] = jwt.decode(
            id_token,
            jwt.PyJWK(keys[0], algorithm=keys[0].get("alg") or header["alg"]),
            algorithms=sorted(allowed),
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            options={"require": ["exp"]},
        )
        if claims.get("azp", app.client_id) != app.client_id:  # made for several, and asked for by another
            raise jwt.InvalidAudienceError
        if not isinstance(claims.get("email", ""), str):
            raise jwt.InvalidTokenError
        return claims
