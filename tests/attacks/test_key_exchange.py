"""The vault's key was read by somebody: one command exchanges it while everything runs, and goes on where it
was cut off. What is seen after each step is in test_key_exchange_killed.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from tests.cast import TOTP_SECRET, Cast, give_totp
from tests.house.test_sealed_columns import SEALED
from tests.reporting.acts import Valley
from tests.students.people import Register, register

from security_center.center import database_move, key_exchange
from security_center.center.backup import kit
from security_center.foundation.clock import now
from security_center.foundation.duties.models import Heartbeat
from security_center.foundation.ledger import actions as ledger
from security_center.foundation.ledger import before_signing, heads, queries, triggers
from security_center.foundation.ledger.models import Entry, SignedHead
from security_center.foundation.organizations.adapters import SecondFactorAdapter
from security_center.foundation.students.models import StudentImport, StudentToken
from security_center.foundation.students.queries import look_up, student_of_identifier
from security_center.foundation.vault import exchange, files, provider, tokens
from security_center.foundation.vault.models import KeyExchange, RecipientKey
from security_center.foundation.vault.queries import wrapping_context
from security_center.project import doctor

__all__ = ["register"]
Exchanged = Callable[..., None]


# --- what is taken along


@pytest.fixture(autouse=True)
def _old_key_comes_back(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of this run's data folder, which other tests share."""
    kept = provider.key_path().read_bytes() if provider.key_path().exists() else None
    recipient = kit.recipient_file()
    before = recipient.read_bytes() if recipient.exists() else None
    yield
    if kept is not None:
        provider.key_path().write_bytes(kept)
    if before is None:
        recipient.unlink(missing_ok=True)
    else:
        recipient.write_bytes(before)


@pytest.fixture
def exchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exchanged:
    """Exchanges the key, up to and with the step named `until`."""
    monkeypatch.setattr(key_exchange, "SETTLED_AFTER", 0.0)
    monkeypatch.setattr(key_exchange, "PATIENCE", 0.0)

    def go(name: str = "kit.txt", until: str = "") -> None:
        place = tmp_path / name
        if not place.exists():
            call_command("exchange_vault_key", kit=str(place))
        names = [step.__name__ for step in key_exchange.STEPS]
        with monkeypatch.context() as patch:
            if until:
                patch.setattr(key_exchange, "STEPS", key_exchange.STEPS[: names.index(until) + 1])
            call_command("exchange_vault_key", kit=str(place), yes=True)

    return go


def test_every_column_of_digests_is_lifted_whichever_room_it_is_of(cast: Cast) -> None:
    found = {f"{model._meta.label}.{column.name}" for model, column in exchange.token_columns()}
    assert found == {name for name in SEALED if name.rsplit(".", 1)[1] in {"token", "identifier_token"}} | {
        "students.Student.content",
        "students.Revision.content",
    }


def test_whatever_is_sealed_or_derived_by_the_key_is_known_to_the_exchange() -> None:
    """A file that is added here hangs something on the key: say in vault/exchange.py or
    center/key_exchange.py what becomes of it."""
    package = Path(__file__).resolve().parents[2] / "src" / "security_center"
    uses = re.compile(r"(?<!sealing)\.(?:derive|wrap|unwrap)\(|def (?:derive|wrap)\(self")
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if uses.search(path.read_text(encoding="utf-8"))
    }
    assert found == {
        "foundation/vault/sealing.py",
        "foundation/vault/provider.py",
        "foundation/vault/tokens.py",  # lifted
        "foundation/vault/actions.py",  # private keys: wrapped anew
        "foundation/vault/queries.py",
        "foundation/vault/checks.py",
        "foundation/vault/exchange.py",
        "foundation/organizations/adapters.py",  # second factors: sealed anew
        # Of ten minutes: whoever is just signing in begins again
        "foundation/organizations/sign_in_cookies.py",
        "foundation/ledger/heads.py",  # the next key signs after the one before
        "center/backup/archive.py",  # an archive opens with the kit of its time
        "center/backup/destroyed.py",  # sealed under each
    }


def test_what_was_made_with_the_old_key_just_before_and_stored_just_after_goes_along(
    valley: Valley, exchanged: Exchanged
) -> None:
    Register(valley).enter("Ana García")
    late = StudentToken.objects.filter(kind="name").first()
    key = RecipientKey.objects.order_by("pk").first()
    assert late is not None
    assert key is not None
    give_totp(valley.cast.rosa)
    app = Authenticator.objects.get(user=valley.cast.rosa)
    exchanged(until="wrap_anew")
    late.save()
    key.save()
    app.save()
    exchanged()
    assert student_of_identifier(valley.cast.district, "70001") is not None
    assert [match.identity.name for match in look_up(valley.school, name="Ana García")] == ["Ana García"]
    assert StudentToken.objects.get(pk=late.pk).token[0] == 1
    assert SecondFactorAdapter().decrypt(Authenticator.objects.get(pk=app.pk).data["secret"]) == TOTP_SECRET
    for row in RecipientKey.objects.all():
        provider.provider().unwrap(row.wrapped_private_key, wrapping_context(row.name, row.version))


def test_what_opened_with_neither_key_is_named_and_left_and_keeps_nothing_from_its_end(
    valley: Valley, exchanged: Exchanged, capsys: pytest.CaptureFixture[str]
) -> None:
    row = RecipientKey.objects.order_by("pk").first()
    assert row is not None
    RecipientKey.objects.filter(pk=row.pk).update(wrapped_private_key=b"\1" + bytes(60))
    Authenticator.objects.create(user=valley.cast.rosa, type="totp", data={"secret": "1.AAAA"})
    exchanged()
    told = capsys.readouterr().err
    assert f"{row} opened with neither key" in told
    assert "second factor" in told
    assert not provider.exchange_under_way()


# --- nothing begins without the kit, or beside what must not be cut through


def test_the_kit_is_written_first_and_without_it_nothing_begins(valley: Valley, tmp_path: Path) -> None:
    before, place = provider.key_path().read_bytes(), tmp_path / "kit.txt"
    for given, sentence in (
        ({}, "--kit FILE"),
        ({"yes": True}, "Give --kit FILE"),
        ({"yes": True, "kit": str(place)}, "There is no recovery kit"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("exchange_vault_key", **given)
    call_command("exchange_vault_key", kit=str(place))
    assert place.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="exists already"):
        call_command("exchange_vault_key", kit=str(place))
    assert provider.key_path().read_bytes() == before
    assert not KeyExchange.objects.exists()
    place.write_text(place.read_text()[:-20])
    with pytest.raises(CommandError, match="not a whole recovery kit"):
        call_command("exchange_vault_key", kit=str(place), yes=True)


def test_a_kit_of_another_installation_or_of_an_earlier_key_begins_nothing(
    valley: Valley, tmp_path: Path, exchanged: Exchanged
) -> None:
    kit.write_next(tmp_path / "other.txt", provider.KeyProvider(b"x" * 32))
    kit.write_next(tmp_path / "earlier.txt", provider.provider())
    exchanged("kit.txt")
    after = provider.key_path().read_bytes()
    for name in ("other.txt", "earlier.txt"):
        with pytest.raises(CommandError, match="not written for an exchange of the key that is in use"):
            exchanged(name)
    exchanged("kit.txt")  # it has ended: nothing is done again
    assert provider.key_path().read_bytes() == after
    assert Entry.objects.filter(verb="vault.key_exchanged").count() == 1


def test_a_key_file_that_does_not_fit_or_a_ledger_that_was_changed_is_not_exchanged(
    valley: Valley, exchanged: Exchanged
) -> None:
    fitting = provider.provider()
    provider.write_key_file(provider.KeyProvider(b"w" * 32))
    with pytest.raises(CommandError, match="is not the one that this data was sealed with"):
        exchanged("wrong.txt")
    provider.write_key_file(fitting)
    triggers.remove(connection)
    with pytest.raises(CommandError, match="The ledger is not as it was signed"):
        exchanged()
    assert not provider.exchange_under_way()


def test_while_a_roster_is_checked_no_exchange_begins_or_goes_on_past_its_look_ups(
    register: Register, exchanged: Exchanged
) -> None:
    exchanged(until="ask_other_machines")
    row = register.send("identifier,name,grade,school\n1,Ana,9,Maple High School\n", check=False)
    with pytest.raises(CommandError, match="students is being checked \\(Maple Valley School District\\)"):
        exchanged()
    assert not KeyExchange.objects.filter(taken_up_at__isnull=False).exists()
    StudentImport.objects.filter(pk=row.pk).update(state=StudentImport.State.READY)
    exchanged()
    StudentImport.objects.filter(pk=row.pk).update(state=StudentImport.State.CHECKING)
    with pytest.raises(CommandError, match="students is being checked"):
        exchanged("second.txt")
    assert not provider.exchange_under_way()


def test_it_takes_turns_with_backups_and_breaches_and_waits_for_a_move_to_end(
    valley: Valley, exchanged: Exchanged, tmp_path: Path
) -> None:
    with (
        files.deletions_wait(),
        pytest.raises(CommandError, match=r"A backup, \./ssc breach or another exchange is running"),
    ):
        exchanged()
    with (
        files.backups_wait(),
        pytest.raises(CommandError, match=r"A backup, \./ssc breach or another exchange is running"),
    ):
        exchanged()
    mark = provider.key_path().parents[1] / database_move.UNFINISHED
    mark.touch()
    try:
        with pytest.raises(CommandError, match="A move to PostgreSQL is not finished"):
            exchanged()
    finally:
        mark.unlink()
    assert not provider.exchange_under_way()
    exchanged(until="wrap_anew")
    with pytest.raises(CommandError, match="no kit would open a backup of now"):
        call_command("backup", to=str(tmp_path / "backups"), kit=str(tmp_path / "never.txt"))
    assert not (tmp_path / "never.txt").exists()


def test_a_register_that_would_keep_reports_waiting_is_left_as_it_was(
    valley: Valley, exchanged: Exchanged, monkeypatch: pytest.MonkeyPatch
) -> None:
    Register(valley).enter("Ana García")
    monkeypatch.setattr(exchange, "LONGEST_WAIT", {connection.vendor: -1.0})
    before = list(StudentToken.objects.order_by("pk").values_list("token", flat=True))
    with pytest.raises(CommandError, match="Reports would wait for longer than ten seconds"):
        exchanged()
    assert list(StudentToken.objects.order_by("pk").values_list("token", flat=True)) == before
    assert not provider.exchange_under_way(), "so that backups are made and a move may begin"
    assert student_of_identifier(valley.cast.district, "70001") is not None
    assert not KeyExchange.objects.filter(taken_up_at__isnull=False).exists()


def test_another_machine_has_the_file_with_both_keys_before_anything_is_changed(
    valley: Valley, exchanged: Exchanged
) -> None:
    other = Heartbeat.objects.create(
        worker="other", host="second.example.org", started_at=now(), beat_at=now(), key_file=""
    )
    with pytest.raises(CommandError, match=r"Copy .*/keys/vault\.key to second\.example\.org now"):
        exchanged()
    assert not KeyExchange.objects.filter(taken_up_at__isnull=False).exists()
    other.key_file = provider.of_key_file().mark
    other.save()
    exchanged()
    assert [one.sentence for one in doctor.key_is_one()] == [
        "second.example.org has another key file than this machine."
    ]


def test_the_doctor_says_that_it_is_under_way_and_how_to_go_on(valley: Valley, exchanged: Exchanged) -> None:
    assert list(doctor.key_is_one()) == []
    exchanged(until="take_up")
    (found,) = doctor.key_is_one()
    assert found.grave
    assert found.mend.startswith("./ssc exchange-vault-key --yes --data ")
    call_command("exchange_vault_key", yes=True)  # as it says, without the kit
    assert list(doctor.key_is_one()) == []


# --- the ledger


def head_by(keys: provider.KeyProvider) -> SignedHead:
    """One that names the one before it, at the newest entry, by a key of the attacker's choice."""
    entry = Entry.objects.order_by("-sequence").first()
    newest = SignedHead.objects.order_by("-sequence").first()
    assert entry is not None
    assert newest is not None
    key = Ed25519PrivateKey.from_private_bytes(keys.derive(heads.PURPOSE))
    head = heads.signed(
        key,
        sequence=entry.sequence,
        entry_hash=entry.hash,
        signed_at=now(),
        previous=heads.of_row(newest).digest,
        entries=Entry.objects.count(),
    )
    row = heads.to_row(head)
    row.save(force_insert=True)
    heads.append(heads.data_file(), head)
    return row


def test_the_old_key_signs_which_one_comes_after_it_and_never_again(
    valley: Valley, exchanged: Exchanged
) -> None:
    ledger.sign_head()
    old = replace(provider.provider())
    exchanged()
    assert queries.verify().problems == []
    signers = [head.public_key for head in SignedHead.objects.order_by("sequence")]
    new = heads.public_half(provider.provider())
    assert signers == [heads.public_half(old)] * 2 + [new]
    begun = Entry.objects.get(verb=heads.HANDED_OVER)
    assert begun.detail == {"signing_key": new}
    assert SignedHead.objects.get(sequence=begun.sequence).public_key == heads.public_half(old)
    valley.report()
    head_by(old)
    assert "newest signature was not made with this system's key" in " ".join(
        each.sentence for each in queries.verify().problems
    )
    with pytest.raises(before_signing.LedgerBroken):
        ledger.sign_head()
    valley.report()
    head_by(provider.provider())
    assert [each.sentence for each in queries.verify().problems] != []


def test_without_the_key_file_the_passage_is_followed_and_a_key_that_nobody_announced_is_not_believed(
    valley: Valley, exchanged: Exchanged, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchanged()
    monkeypatch.setattr(provider, "provider", locked)
    found = queries.verify()
    assert (found.problems, found.key_source) == ([], "data file")
    valley.report()
    head_by(provider.KeyProvider(b"m" * 32))
    assert {each.sentence.split(" (")[0] for each in queries.verify().problems} == {
        f"The signature at entry {Entry.objects.count()}"
    }
    ledger_entry = Entry.objects.count() + 1
    with transaction.atomic():
        ledger.hand_over(actor="system", public_key=heads.public_half(provider.KeyProvider(b"m" * 32)))
    head_by(provider.KeyProvider(b"m" * 32))
    assert f"The signature at entry {ledger_entry}" in {
        each.sentence.split(" (")[0] for each in queries.verify().problems
    }, "nobody signed that"


def locked() -> Any:
    raise provider.VaultLocked


def test_a_head_by_the_old_key_after_the_new_one_is_named_wherever_it_stands(
    valley: Valley, exchanged: Exchanged
) -> None:
    old = replace(provider.provider())
    exchanged()
    valley.report()
    forged = head_by(old)
    valley.report()
    head_by(provider.provider())
    # In the database, and in the file
    assert [each.sequence for each in queries.verify().problems] == [forged.sequence] * 2
    assert all("is not valid" in each.sentence for each in queries.verify().problems)


def test_the_former_secret_in_the_file_makes_no_token_without_the_new_one(
    valley: Valley, exchanged: Exchanged
) -> None:
    Register(valley).enter("Ana García")
    before = set(StudentToken.objects.values_list("token", flat=True))
    exchanged()
    after = {bytes(token) for token in StudentToken.objects.values_list("token", flat=True)}
    assert len(after) == len(before)
    assert not {token[1:] for token in after} & before
    new = provider.provider()
    assert {tokens.lifted(new, bytes(token)) for token in before} == after
    guessed = provider.KeyProvider(b"n" * 32, new.former)
    assert not {tokens.lifted(guessed, bytes(token)) for token in before} & after
