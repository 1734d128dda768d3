"""After a breach one command ends every way in, tells reporters with their receipt, and leaves it in the
ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import CommandError
from django.test import Client
from tests.cast import Cast
from tests.reporting.public_side import come_back, opened_school, receipt_words, send, text

from security_center.foundation.clock import clock_at, now
from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations.actions import access, invitations
from security_center.foundation.organizations.models import AccessSession, Organization, Person
from security_center.foundation.refusals import Refusal

pytestmark = pytest.mark.django_db
__all__ = ["opened_school"]

SENTENCE = "A person who has no right to may have read reports that were sent before"


@pytest.fixture
def secret(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SSC_SIGNING_SECRET", raising=False)
    settings.SECRET_FILE = tmp_path / "signing-secret"
    settings.SECRET_FILE.write_text("the old one")
    return tmp_path / "signing-secret"


def test_every_session_and_link_ends_and_the_signing_secret_is_another(
    cast: Cast, secret: Path, signed_in: Callable[[Person], Client]
) -> None:
    rosa = signed_in(cast.rosa)
    assert rosa.get("/").status_code == 200
    link = invitations.invite(actor=cast.ada, person=cast.ben)
    token = link.rstrip("/").rsplit("/", 1)[1]
    assert invitations.open_invitation(token)
    reset = default_token_generator.make_token(cast.lena)
    assert default_token_generator.check_token(cast.lena, reset)
    access.start_access_session(
        actor=cast.ada, organization=cast.school_a, reason="A reader asked for help with a report."
    )

    call_command("breach", yes=True)

    assert rosa.get("/").status_code == 302
    with pytest.raises(Refusal):
        invitations.open_invitation(token)
    assert not default_token_generator.check_token(Person.objects.get(pk=cast.lena.pk), reset)
    assert not AccessSession.objects.filter(ended_at__isnull=True).exists()
    assert secret.read_text() != "the old one"
    assert len(secret.read_text()) > 60
    assert secret.stat().st_mode & 0o777 == 0o600
    assert list(Entry.objects.filter(verb__startswith="breach.").values_list("verb", flat=True)) == [
        "breach.ways_in_ended",
        "breach.announced",
    ]


def test_reporters_read_one_sentence_with_their_receipt_in_their_language_until_it_is_withdrawn(
    public_client: Client, opened_school: Organization, secret: Path
) -> None:
    before = receipt_words(send(public_client, opened_school, what_happened="He hit me in the gym"))
    assert SENTENCE not in text(come_back(public_client, before))
    with clock_at(now() + timedelta(hours=1)):
        call_command("breach", yes=True)
    page = text(come_back(public_client, before))
    assert SENTENCE in page
    assert "safe with us" not in page, "one of the two would be untrue"
    assert "Es posible que otra persona haya leído tu reporte" in text(
        public_client.get("/report/receipt/thread/?lang=es")
    )
    with clock_at(now() + timedelta(hours=2)):
        after = receipt_words(send(public_client, opened_school, what_happened="She took my bag"))
        assert SENTENCE not in text(come_back(public_client, after)), (
            "what came later was not there to be read"
        )
    call_command("breach", withdraw=True)
    assert SENTENCE not in text(come_back(public_client, before))
    assert Entry.objects.filter(verb="breach.withdrawn").exists()


def test_nothing_is_done_without_a_yes_and_silence_tells_reporters_nothing(cast: Cast, secret: Path) -> None:
    with pytest.raises(CommandError, match="--yes"):
        call_command("breach")
    assert secret.read_text() == "the old one"
    call_command("breach", yes=True, silent=True)
    assert not Entry.objects.filter(verb="breach.announced").exists()


def test_a_secret_of_the_environment_is_left_to_whoever_set_it(
    cast: Cast, secret: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SSC_SIGNING_SECRET", "x" * 60)
    call_command("breach", yes=True)
    assert secret.read_text() == "the old one"
    assert "replace it yourself" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["breach", "verify_ledger"])
def test_a_folder_that_a_thief_opened_to_others_keeps_no_command_of_that_evening_from_working(
    command: str,
) -> None:
    """One chmod made both end with a fault of the start's checks."""
    assert load_command_class(get_commands()[command], command).requires_system_checks == []
