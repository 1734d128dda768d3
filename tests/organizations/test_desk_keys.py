"""A desk's keys are exchanged after a suspected theft: what it can read stays readable, and what comes is
sealed to the new key."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from tests.cast import Cast

from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations.actions.desk_keys import rotate_desk_key
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault.actions import new_record
from security_center.foundation.vault.models import RecipientKey, SealedKey
from security_center.foundation.vault.provider import key_path
from security_center.foundation.vault.queries import open_record


def exchanged(*words: str) -> str:
    said = StringIO()
    call_command("rotate_desk_key", *words, stdout=said)
    return said.getvalue()


def current(organization: Organization) -> int:
    return RecipientKey.objects.get(name=f"desk:{organization.pk}", retired_at=None).version


def test_nobody_without_the_right_to_change_the_school_exchanges_its_keys(cast: Cast) -> None:
    for name in ("rosa", "dana", "ivy", "omar", "aud", "ada_elsewhere"):
        with pytest.raises(NotAllowed):
            rotate_desk_key(actor=cast.everyone[name], organization=cast.school_a)
    assert current(cast.school_a) == 1


def test_old_reports_stay_readable_new_ones_are_sealed_to_the_new_key_and_the_ledger_tells(
    cast: Cast,
) -> None:
    desk = f"desk:{cast.school_a.pk}"
    old = new_record(recipients=[desk])
    said = exchanged(cast.school_a.slug)
    new = new_record(recipients=[desk])
    assert open_record(old.record, desk) == old
    assert open_record(new.record, desk) == new
    assert [SealedKey.objects.get(record=one.record).key_version for one in (old, new)] == [1, 2]
    entry = Entry.objects.get(verb="organization.desk_key_rotated")
    assert (entry.actor, entry.organization_id, entry.detail) == ("system", cast.school_a.pk, {"version": 2})
    assert said.count("\n") == 1
    assert cast.school_a.name in said
    assert current(cast.school_b) == 1


def test_a_desk_is_found_by_its_name_too_and_all_are_exchanged_at_once(cast: Cast) -> None:
    exchanged(cast.school_a.name.upper())
    assert current(cast.school_a) == 2
    assert "all" in exchanged("--all")
    assert (current(cast.school_a), current(cast.school_elsewhere), current(cast.state)) == (3, 2, 2)
    assert (
        Entry.objects.filter(verb="organization.desk_key_rotated").count() == 1 + Organization.objects.count()
    )


def test_a_name_that_two_schools_share_and_one_that_nobody_has_are_told_apart(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.school_elsewhere.pk).update(name=cast.school_a.name)
    with pytest.raises(CommandError, match=cast.school_elsewhere.slug):
        exchanged(cast.school_a.name)
    with pytest.raises(CommandError, match="no school or district"):
        exchanged("nowhere")
    for words in ([], [cast.school_a.slug, "--all"]):
        with pytest.raises(CommandError, match="Name one"):
            exchanged(*words)


def test_without_the_key_file_no_desk_changes_and_the_command_says_why(cast: Cast, tmp_path: Path) -> None:
    aside = key_path().rename(tmp_path / "aside")
    try:
        with pytest.raises(CommandError, match=r"No key was changed.*Put it back"):
            exchanged("--all")
    finally:
        aside.rename(key_path())
    assert current(cast.school_a) == 1
    assert not Entry.objects.filter(verb="organization.desk_key_rotated").exists()
