"""A small OpenID Connect identity provider on loopback: it does what the standard says, and signs whoever a
test says."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from security_center.project.identity_provider import PROVIDER, providers

CLIENT_ID, CLIENT_SECRET = "security-center", "a-secret-of-the-district"
# Of all letters beyond ASCII the three that are one within it when they are written small, or large as
# PostgreSQL compares.
LOOK_ALIKES = [("\u212a", "k"), ("\u017f", "s"), ("\u0131", "i")]
BEGIN = f"/account/oidc/{PROVIDER}/login/"


@cache
def key_of(_whom: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """Signs whoever it is told in, without asking. `claims` are what it says of them."""

    def __init__(self) -> None:
        self.key = key_of("the provider")
        self.claims: dict[str, Any] = {}
        self.algorithms = ["RS256", "none", "HS256"]
        self.signed = self.sign
        self.filler = 0
        self.asked_for_keys: Any = lambda: None
        self.asked: dict[str, dict[str, str]] = {}
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_arguments: Any) -> None:
                return

            def do_GET(self) -> None:
                asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                if self.path.startswith("/.well-known/"):
                    self.answer(issuer.configuration())
                elif self.path.startswith("/authorize"):
                    issuer.asked["the-code"] = asked
                    self.send_response(302)
                    self.send_header(
                        "Location",
                        f"{asked['redirect_uri']}?{urlencode({'code': 'the-code', 'state': asked['state']})}",
                    )
                    self.end_headers()
                else:
                    issuer.asked_for_keys()
                    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(issuer.key.public_key()))
                    self.answer(
                        {
                            "keys": [{"kty": "oct", "k": "AAAA"}, {**public, "kid": "one", "use": "sig"}],
                            "filler": "a" * issuer.filler,
                        }
                    )

            def do_POST(self) -> None:
                given = {
                    name: values[0]
                    for name, values in parse_qs(
                        self.rfile.read(int(self.headers["Content-Length"])).decode()
                    ).items()
                }
                asked = issuer.asked.pop(given.get("code", ""), None)
                challenge = (
                    base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
                    .rstrip(b"=")
                    .decode()
                )
                if (
                    asked is None
                    or asked["code_challenge"] != challenge
                    or given.get("client_secret") != CLIENT_SECRET
                ):
                    self.answer({"error": "invalid_grant"}, 400)
                    return
                moment = int(time.time())
                said = {
                    "iss": issuer.url,
                    "aud": CLIENT_ID,
                    "iat": moment,
                    "exp": moment + 300,
                    "sub": "17",
                    **issuer.claims,
                }
                self.answer(
                    {
                        "access_token": "nothing-opens-by-it",
                        "token_type": "Bearer",
                        "id_token": issuer.signed(said),
                    }
                )

            def answer(self, body: dict[str, Any], status: int = 200) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def sign(
        self, said: dict[str, Any], key: Any = None, algorithm: str = "RS256", kid: str | None = "one"
    ) -> str:
        return jwt.encode(
            said, self.key if key is None else key, algorithm=algorithm, headers={"kid": kid} if kid else {}
        )

    def configuration(self) -> dict[str, Any]:
        ends = {
            name: f"{self.url}/{path}"
            for name, path in (("authorization_endpoint", "authorize"), ("token_endpoint", "token"))
        }
        ways = {
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "id_token_signing_alg_values_supported": self.algorithms,
        }
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **ways, **ends}


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


@pytest.fixture
def issuer(settings: Any) -> Iterator[Issuer]:
    found = Issuer()
    settings.SOCIALACCOUNT_PROVIDERS = configured(found.url)
    yield found
    found.server.shutdown()
    found.server.server_close()


def configured(issuer: str, domains: str = "") -> dict[str, Any]:
    def refused(sentence: str) -> None:
        raise ValueError(sentence)

    return providers(
        refused, issuer=issuer, client=CLIENT_ID, secret=CLIENT_SECRET, name="Maple Valley", domains=domains
    )


def signs_in(
    issuer: Issuer, client: Client | None = None, begin: str = BEGIN, **claims: Any
) -> tuple[Client, Any]:
    """Follows the links that a browser would, over to the issuer and back."""
    client, issuer.claims = client or Client(), claims
    there = client.get(begin)["Location"]
    assert there.startswith(f"{issuer.url}/authorize")
    with pytest.raises(HTTPError) as led_back:
        build_opener(_Stay).open(there)
    back = urlsplit(led_back.value.headers["Location"])
    return client, client.get(f"{back.path}?{back.query}")


def begins(client: Client, begin: str = BEGIN) -> dict[str, str]:
    """What the provider is asked for."""
    return {
        name: values[0] for name, values in parse_qs(urlsplit(client.get(begin)["Location"]).query).items()
    }


def answers(issuer: Issuer, client: Client, asked: dict[str, str], **claims: Any) -> Any:
    issuer.claims, issuer.asked["the-code"] = claims, asked
    return client.get(f"{BEGIN}callback/?{urlencode({'code': 'the-code', 'state': asked['state']})}")
