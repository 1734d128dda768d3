"""A key file that knows the secret before its own: what hangs on it goes along; the old one is believed only
while an exchange is under way."""

from __future__ import annotations

from pathlib import Path

import pytest

from security_center.foundation.vault import actions, exchange, tokens
from security_center.foundation.vault.errors import SealBroken
from security_center.foundation.vault.models import RecipientKey
from security_center.foundation.vault.provider import KeyProvider, provider, provider_of
from security_center.foundation.vault.queries import wrapping_context

OLD = KeyProvider(b"o" * 32)


def name_by(keys: KeyProvider, monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setattr(tokens, "provider", lambda: keys)
    return tokens.blind(district_id=1, kind="name", value="Ana García")


def test_a_token_is_lifted_without_knowing_what_it_is_of_and_twice_is_as_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    second = OLD.successor("age1abc")
    third = second.successor("age1def")
    first_token, second_token, third_token = (name_by(keys, monkeypatch) for keys in (OLD, second, third))
    assert tokens.lifted(second, first_token) == tokens.lifted(second, second_token) == second_token
    assert tokens.lifted(third, first_token) == tokens.lifted(third, second_token) == third_token
    assert tokens.lifted(OLD, first_token) == first_token
    assert tokens.lifted(second, b"") == b""


def test_a_key_file_keeps_the_secrets_before_it_and_that_an_exchange_is_under_way() -> None:
    new = OLD.successor("age1abc")
    begun = new.begun()
    for keys in (OLD, new, begun, new.successor("age1def")):
        assert provider_of(keys.content()) == keys
    assert begun.exchanging
    assert begun.backups == "age1abc"
    assert begun.ended() == new
    assert new.follows(OLD)
    assert not new.successor("age1def").follows(OLD)
    assert len({keys.mark for keys in (OLD, new, begun)}) == 3
    assert "secret" not in repr(begun)


def test_each_key_opens_what_the_other_wrapped_only_while_the_exchange_is_under_way() -> None:
    new = OLD.successor("age1abc")
    begun = new.begun()
    by_old, by_new = OLD.wrap(b"x" * 32, b"here"), new.wrap(b"y" * 32, b"here")
    for keys in (begun, begun.not_yet()):
        assert (keys.unwrap(by_old, b"here"), keys.unwrap(by_new, b"here")) == (b"x" * 32, b"y" * 32)
    assert OLD.unwrap(begun.not_yet().wrap(b"z" * 32, b"here"), b"here") == b"z" * 32, (
        "the old one stays in use until the database goes over"
    )
    with pytest.raises(SealBroken):
        new.unwrap(by_old, b"here")
    with pytest.raises(SealBroken):
        OLD.unwrap(by_new, b"here")


def test_private_keys_are_wrapped_under_the_new_key_alone_and_what_opens_with_neither_is_named_and_left(
    open_vault: Path,
) -> None:
    for name in ("desk:1", "desk:2"):
        actions.create_recipient(actor="system", name=name)
    ours, lost = RecipientKey.objects.order_by("pk")
    context, old = wrapping_context(ours.name, ours.version), provider()
    raw = old.unwrap(bytes(ours.wrapped_private_key), context)
    strange = KeyProvider(b"s" * 32).wrap(b"x" * 32, wrapping_context(lost.name, lost.version))
    RecipientKey.objects.filter(pk=lost.pk).update(wrapped_private_key=strange)
    new = old.successor("age1abc")
    assert exchange.wrap_anew(keys=new.begun()) == [str(lost)]
    ours, lost = RecipientKey.objects.order_by("pk")
    anew = bytes(ours.wrapped_private_key)
    assert new.unwrap(anew, context) == raw
    with pytest.raises(SealBroken):
        old.unwrap(anew, context)
    assert bytes(lost.wrapped_private_key) == strange
    assert exchange.wrap_anew(keys=new.begun()) == [str(lost)]
    assert bytes(RecipientKey.objects.get(pk=ours.pk).wrapped_private_key) == anew, "done is done"
