import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, models, transaction
from hypothesis import given
from hypothesis import strategies as st

from security_center.foundation.clock import clock_at
from security_center.foundation.vault import actions, queries
from security_center.foundation.vault.errors import SealBroken
from security_center.foundation.vault.fields import (
    BlindedTokenField,
    ClearTextInSealedColumn,
    SealedTextField,
)
from security_center.foundation.vault.models import RecipientKey, RecordHold, SealedKey
from security_center.foundation.vault.receipts import Receipt
from security_center.foundation.vault.records import OpenRecord

RECORD = OpenRecord(uuid.uuid4(), b"k" * 32)


@pytest.fixture
def desks(open_vault: Path) -> Path:
    for name in ("desk:1", "desk:2", "desk:3"):
        actions.create_recipient(actor="system", name=name)
    return open_vault


@given(text=st.text(max_size=300), field=st.text(max_size=20), row=st.text(max_size=20))
def test_any_text_comes_back_as_it_was_typed(text: str, field: str, row: str) -> None:
    assert RECORD.open(field, row, RECORD.seal(field, row, text)) == text


@given(plain=st.binary(max_size=300))
def test_any_bytes_come_back_as_they_were(plain: bytes) -> None:
    assert RECORD.open_bytes("key", "1", RECORD.seal_bytes("key", "1", plain)) == plain


@given(
    here=st.tuples(st.text(max_size=6), st.text(max_size=6)),
    there=st.tuples(st.text(max_size=6), st.text(max_size=6)),
)
def test_no_two_places_are_the_same_place(here: tuple[str, str], there: tuple[str, str]) -> None:
    sealed = RECORD.seal(*here, "words")
    if here == there:
        assert RECORD.open(*there, sealed) == "words"
    else:
        with pytest.raises(SealBroken):
            RECORD.open(*there, sealed)


def test_a_ciphertext_moved_to_another_row_field_or_record_fails_closed() -> None:
    sealed = RECORD.seal("report.who", "row-1", "a name")
    same_key_other_record = OpenRecord(uuid.uuid4(), RECORD.data_key)
    for opened, field, row in (
        (RECORD, "report.who", "row-2"),
        (RECORD, "report.where", "row-1"),
        (same_key_other_record, "report.who", "row-1"),
    ):
        with pytest.raises(SealBroken):
            opened.open(field, row, sealed)


@given(place=st.integers(min_value=0, max_value=92), bit=st.integers(min_value=0, max_value=7))
def test_a_single_changed_bit_anywhere_fails_closed(place: int, bit: int) -> None:
    sealed = bytearray(RECORD.seal("f", "r", "a"))
    assert len(sealed) == 93
    sealed[place] ^= 1 << bit
    with pytest.raises(SealBroken):
        RECORD.open("f", "r", bytes(sealed))


@given(length=st.integers(min_value=1, max_value=92))
def test_a_cut_ciphertext_fails_closed(length: int) -> None:
    with pytest.raises(SealBroken):
        RECORD.open("f", "r", RECORD.seal("f", "r", "a")[:length])


def test_the_length_of_a_short_answer_tells_nothing() -> None:
    assert len({len(RECORD.seal("f", "r", answer)) for answer in ("", "no", "yes", "unsure", "x" * 63)}) == 1


def test_the_same_text_twice_looks_different() -> None:
    assert RECORD.seal("f", "r", "same") != RECORD.seal("f", "r", "same")


def test_an_open_record_prints_without_its_key() -> None:
    assert "kkkk" not in repr(RECORD)


def test_every_recipient_and_the_receipt_open_the_record_and_nobody_else_does(desks: Path) -> None:
    receipt = Receipt.new()
    opened = actions.new_record(recipients=["desk:1", "desk:2", "desk:1"], receipt=receipt)
    assert (
        queries.open_record(opened.record, "desk:1") == queries.open_record(opened.record, "desk:2") == opened
    )
    assert queries.open_with_receipt(opened.record, receipt) == opened
    assert queries.recipients_of(opened.record) == ["desk:1", "desk:2", "receipt"]
    with pytest.raises(queries.NoSealedKey):
        queries.open_record(opened.record, "desk:3")
    with pytest.raises(queries.NoSealedKey):
        queries.open_with_receipt(opened.record, Receipt.new())
    with pytest.raises(queries.NoSealedKey):
        queries.open_record(opened.record, "receipt")


def test_a_record_needs_no_provider_to_be_made_or_opened_by_its_reporter(desks: Path, settings) -> None:
    settings.SSC_PROGRAM = "public"
    receipt = Receipt.new()
    opened = actions.new_record(recipients=["desk:1"], receipt=receipt)
    assert queries.open_with_receipt(opened.record, receipt) == opened


def test_a_record_that_nobody_could_open_is_refused(desks: Path) -> None:
    with pytest.raises(ValueError, match="nobody could open it"):
        actions.new_record(recipients=[])
    with pytest.raises(actions.UnknownRecipient):
        actions.new_record(recipients=["desk:1", "desk:99"])
    assert not SealedKey.objects.exists()


def test_a_recipient_has_one_first_key_and_receipt_is_nobodys_name(desks: Path) -> None:
    with pytest.raises(actions.RecipientExists):
        actions.create_recipient(actor="system", name="desk:1")
    with pytest.raises(ValueError, match="receipt"):
        actions.create_recipient(actor="system", name="receipt")
    with pytest.raises(actions.UnknownRecipient):
        actions.rotate_recipient(actor="system", name="desk:99")
    with pytest.raises(IntegrityError), transaction.atomic():
        RecipientKey.objects.create(
            name="desk:1",
            version=2,
            public_key=b"p" * 32,
            wrapped_private_key=b"w",
            created_at=datetime.now(UTC),
        )


def test_a_sealed_key_moved_to_another_record_or_recipient_fails_closed(desks: Path) -> None:
    ours = actions.new_record(recipients=["desk:1"])
    theirs = actions.new_record(recipients=["desk:2"])
    stolen = SealedKey.objects.get(record=ours.record).sealed
    SealedKey.objects.create(record=theirs.record, recipient="desk:1", key_version=1, sealed=stolen)
    with pytest.raises(SealBroken):
        queries.open_record(theirs.record, "desk:1")
    SealedKey.objects.create(record=ours.record, recipient="desk:2", key_version=1, sealed=stolen)
    with pytest.raises(SealBroken):
        queries.open_record(ours.record, "desk:2")


def test_a_private_key_put_in_another_recipients_place_fails_closed(desks: Path) -> None:
    opened = actions.new_record(recipients=["desk:2"])
    other = RecipientKey.objects.get(name="desk:1")
    RecipientKey.objects.filter(name="desk:2").update(
        wrapped_private_key=other.wrapped_private_key, public_key=other.public_key
    )
    with pytest.raises(SealBroken):
        queries.open_record(opened.record, "desk:2")


def test_rotation_keeps_old_records_readable_and_seals_new_ones_to_the_new_key(desks: Path) -> None:
    old = actions.new_record(recipients=["desk:1"])
    prepared = actions.prepare_record(recipients=["desk:1"])
    moment = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with clock_at(moment):
        fresh = actions.rotate_recipient(actor="person:1", name="desk:1")
    between = actions.save_record(prepared)
    new = actions.new_record(recipients=["desk:1"])
    assert fresh.version == 2
    assert fresh.created_at == moment
    assert RecipientKey.objects.get(name="desk:1", version=1).retired_at == moment
    assert [SealedKey.objects.get(record=opened.record).key_version for opened in (old, between, new)] == [
        1,
        1,
        2,
    ]
    for opened in (old, between, new):
        assert queries.open_record(opened.record, "desk:1") == opened


def test_a_recipient_whose_making_was_rolled_back_is_sealed_to_by_nobody(desks: Path) -> None:
    class Undone(Exception):
        pass

    def rotate_and_fail() -> None:
        with transaction.atomic():
            actions.rotate_recipient(actor="system", name="desk:1")
            actions.new_record(recipients=["desk:1"])
            raise Undone

    with pytest.raises(Undone):
        rotate_and_fail()
    opened = actions.new_record(recipients=["desk:1"])
    assert SealedKey.objects.get(record=opened.record).key_version == 1
    assert queries.open_record(opened.record, "desk:1") == opened


def test_sharing_adds_recipients_and_disturbs_none(desks: Path) -> None:
    opened = actions.new_record(recipients=["desk:1"])
    before = bytes(SealedKey.objects.get(record=opened.record, recipient="desk:1").sealed)
    actions.share_record(opened=opened, recipients=["desk:1", "desk:2"])
    assert bytes(SealedKey.objects.get(record=opened.record, recipient="desk:1").sealed) == before
    assert queries.open_record(opened.record, "desk:2") == opened


def test_a_shredded_record_opens_for_nobody(desks: Path) -> None:
    receipt = Receipt.new()
    opened = actions.new_record(recipients=["desk:1"], receipt=receipt)
    other = actions.new_record(recipients=["desk:1"])
    assert actions.shred_record(record=opened.record, actor="worker") == 2
    with pytest.raises(queries.NoSealedKey):
        queries.open_record(opened.record, "desk:1")
    with pytest.raises(queries.NoSealedKey):
        queries.open_with_receipt(opened.record, receipt)
    assert queries.recipients_of(opened.record) == []
    assert queries.open_record(other.record, "desk:1") == other


def test_a_hold_of_either_kind_keeps_a_record_until_each_is_released(desks: Path) -> None:
    opened = actions.new_record(recipients=["desk:1"])
    hold = actions.hold_record(record=opened.record, actor="person:7")
    assert actions.hold_record(record=opened.record, actor="person:8") == hold
    actions.hold_record(record=opened.record, actor="person:8", kind=RecordHold.Kind.INSPECTION)
    assert queries.is_on_hold(opened.record)
    assert actions.release_record(record=opened.record, actor="person:7")
    with pytest.raises(actions.OnHold):
        actions.shred_record(record=opened.record, actor="worker")
    assert queries.open_record(opened.record, "desk:1") == opened
    assert actions.release_record(record=opened.record, actor="person:7", kind=RecordHold.Kind.INSPECTION)
    assert not actions.release_record(record=opened.record, actor="person:7")
    assert actions.shred_record(record=opened.record, actor="worker") == 1
    assert set(RecordHold.objects.values_list("created_by", "released_by")) == {
        ("person:7", "person:7"),
        ("person:8", "person:7"),
    }


def everything_stored() -> bytes:
    """Every value of every table, as a thief of the database has them."""
    held = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - the database's own names
            values = (value for row in cursor.fetchall() for value in row)
            held += [
                bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                for value in values
            ]
    return b"\n".join(held)


def test_a_stolen_database_without_the_key_file_holds_no_key_and_no_word(desks: Path) -> None:
    receipt = Receipt.new()
    opened = actions.new_record(recipients=["desk:1", "desk:2"], receipt=receipt)
    sealed = opened.seal("report.who", "1", "Marker-Quetzal")
    raw = everything_stored() + sealed
    assert b"desk:2" in raw
    private = queries.provider().unwrap(
        bytes(RecipientKey.objects.get(name="desk:1").wrapped_private_key),
        queries.wrapping_context("desk:1", 1),
    )
    for secret in (
        b"Marker-Quetzal",
        opened.data_key,
        receipt.secret,
        receipt.locator(),
        receipt.private_key.private_bytes_raw(),
        private,
    ):
        assert secret not in raw
        assert secret.hex().upper().encode() not in raw.upper()
    for words in (receipt.phrase("en"), receipt.phrase("es")):
        assert words.encode() not in raw


def test_a_submission_asks_the_database_twice_however_many_recipients(
    desks: Path, django_assert_num_queries
) -> None:
    for names in (["desk:1"], ["desk:1", "desk:2", "desk:3"]):
        with django_assert_num_queries(2):
            actions.new_record(recipients=names, receipt=Receipt.new())


class _Sealed(models.Model):
    words = SealedTextField("vault_test_only.Sealed.words")
    token = BlindedTokenField()

    class Meta:
        app_label = "vault_test_only"

    def __str__(self) -> str:
        return "a row of sealed columns"


@pytest.mark.parametrize("clear", ["a clear text", b"a clear text that is long enough to look sealed", 7])
def test_a_sealed_column_refuses_what_the_vault_did_not_seal(clear: object) -> None:
    with pytest.raises(ClearTextInSealedColumn):
        _Sealed._meta.get_field("words").get_prep_value(clear)
    with pytest.raises(ClearTextInSealedColumn):
        _Sealed._meta.get_field("token").get_prep_value(clear)


def test_a_sealed_column_takes_what_was_sealed_and_nothing_at_all() -> None:
    sealed = RECORD.seal("f", "r", "words")
    column = _Sealed._meta.get_field("words")
    assert column.get_prep_value(sealed) == column.get_prep_value(memoryview(sealed)) == sealed
    assert column.get_prep_value(b"") == b""
    assert RECORD.open("f", "r", b"") == ""


def test_a_record_is_kept_by_the_named_desks_and_its_reporter_and_by_no_other(desks: Path) -> None:
    receipt = Receipt.new()
    opened = actions.new_record(recipients=["desk:1", "desk:2"], receipt=receipt)
    for missing in (["desk:3"], []):
        with pytest.raises(actions.UnknownRecipient):
            actions.keep_only(record=opened.record, recipients=missing, actor="person:1")
    assert queries.recipients_of(opened.record) == ["desk:1", "desk:2", "receipt"]
    actions.hold_record(record=opened.record, actor="person:1")
    assert actions.keep_only(record=opened.record, recipients=["desk:2"], actor="person:1") == 0
    actions.release_record(record=opened.record, actor="person:1")
    assert actions.keep_only(record=opened.record, recipients=["desk:2"], actor="person:1") == 1
    assert queries.recipients_of(opened.record) == ["desk:2", "receipt"]
    assert (
        queries.open_record(opened.record, "desk:2")
        == queries.open_with_receipt(opened.record, receipt)
        == opened
    )
