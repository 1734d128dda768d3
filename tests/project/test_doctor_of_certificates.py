"""`./ssc doctor` on certificates of an authority of one's own: made as the guide says they are taken, and
else it says what to make anew."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from security_center.foundation.notifications.channels.certificates import mend_of_certificate
from security_center.project import cli

NAME = "mail.example.org"


def commands() -> str:
    """Those of the guide."""
    guide = (
        (cli.REPOSITORY / "docs/operations.md")
        .read_text(encoding="utf-8")
        .partition("### An authority of your own")[2]
    )
    found = re.search(r"```\n(.*?)```", guide, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A folder in which they were run, with one thing left out."""
    if shutil.which("openssl") is None:
        pytest.fail("openssl is needed: apt-get install openssl")

    def run(without: str = "") -> Path:
        folder = tmp_path_factory.mktemp("authority")
        subprocess.run(
            ["sh", "-euc", commands().replace(without, "") if without else commands()],
            cwd=folder,
            capture_output=True,
            check=True,
        )
        return folder

    return run


def refusal(folder: Path, name: str = NAME) -> ssl.SSLCertVerificationError | None:
    """Why Python does not take that certificate from a server called `name`; None where it does."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(folder / "mail.crt", folder / "mail.key")
    asks = ssl.create_default_context(cafile=folder / "authority.crt")
    one, other = socket.socketpair()

    def serve() -> None:
        try:
            served.wrap_socket(other, server_side=True).close()
        except OSError:
            other.close()

    server = threading.Thread(target=serve)
    server.start()
    try:
        asks.wrap_socket(one, server_hostname=name).close()
    except ssl.SSLCertVerificationError as error:
        return error
    finally:
        one.close()
        server.join(10)
    return None


def test_a_certificate_made_as_the_guide_says_is_taken(made: Callable[[str], Path]) -> None:
    assert refusal(made("")) is None


@pytest.mark.skipif(
    not ssl.create_default_context().verify_flags & ssl.VERIFY_X509_STRICT,
    reason="this Python asks for no more than browsers do",
)
def test_an_authority_without_a_key_usage_is_to_be_made_anew_and_no_name_is_blamed(
    made: Callable[[str], Path],
) -> None:
    error = refusal(made("-addext keyUsage=critical,keyCertSign,cRLSign"))
    assert error is not None
    assert "anew" in mend_of_certificate(error)
    assert "SSC_EMAIL_HOST" not in mend_of_certificate(error)


def test_another_name_and_an_unknown_authority_are_told_apart(made: Callable[[str], Path]) -> None:
    folder = made("")
    error = refusal(folder, "smtp.example.org")
    assert error is not None
    assert mend_of_certificate(error) == "set SSC_EMAIL_HOST to the name in it"
    shutil.copy(made("") / "authority.crt", folder / "authority.crt")
    error = refusal(folder)
    assert error is not None
    assert "add the authority" in mend_of_certificate(error)
