"""Sign-in by OpenID Connect: what the district's identity provider says of somebody, before allauth makes it its own."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter


class DistrictAdapter(OpenIDConnectOAuth2Adapter):
    def complete_login(self, request: Any, app: Any, token: Any, **kwargs: Any) -> Any:
        """allauth writes the address small, by Unicode's rules. The one that was said is put back: whose it is, `pre_social_login` decides."""
        login = super().complete_login(request, app, token, **kwargs)
        said = login.account.extra_data.get("id_token", {}).get("email")
        for one in login.email_addresses:
            one.email = said
        return login
