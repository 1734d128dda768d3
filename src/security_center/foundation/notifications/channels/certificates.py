"""What to do about the certificate of a server that is not believed. Every channel, proxy and identity
provider that speaks TLS asks here."""

from __future__ import annotations

import ssl

OWN_AUTHORITY = "docs/operations.md, An authority of your own"
# Codes of OpenSSL's X509_V_ERR_…: an address or a host that is not the one in it; its days are over; and what
# only strict checks ask for.
OTHER_NAME, RUN_OUT, STRICT = {62, 64}, {10}, range(76, 96)


def mend_of_certificate(error: ssl.SSLCertVerificationError, setting: str = "SSC_EMAIL_HOST") -> str:
    """setting: the one that names the server."""
    if error.verify_code in OTHER_NAME:
        return f"set {setting} to the name in it"
    if error.verify_code in RUN_OUT:
        return "have it renewed"
    if error.verify_code in STRICT:
        return (
            "make the authority and the certificate anew: a part is missing that Python asks for "
            f"({OWN_AUTHORITY})"
        )
    return f"add the authority that it comes from to this machine ({OWN_AUTHORITY})"
