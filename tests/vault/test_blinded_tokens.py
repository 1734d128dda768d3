from pathlib import Path

import pytest

from security_center.foundation.vault.provider import VaultLocked, key_path
from security_center.foundation.vault.tokens import Blinder, blind, name_forms


def token(kind: str, value: str, district_id: int = 1) -> bytes:
    return blind(district_id=district_id, kind=kind, value=value)


@pytest.mark.parametrize(
    ("kind", "one", "same"),
    [
        ("name", "José  García-López", "garcia lopez, JOSE"),
        ("name", "Shaun O’Brien", "shaun obrien"),
        ("phonetic", "Jiménez", "Gimenes"),
        ("phonetic", "Catherine Smith", "Katherin Smyth"),
        ("phonetic", "Vázquez", "Basques"),
        ("phonetic", "Knight", "Nite"),
        ("phonetic", "Wright", "Rite"),
        ("phonetic", "Xavier", "Savier"),
        ("phonetic", "Hernández", "Ernandes"),
        ("phonetic", "Chávez", "Shaves"),
        ("phonetic", "Phillips", "Filips"),
        ("phonetic", "Thomas", "Tomás"),
        ("phonetic", "Miguel", "Mikel"),
        ("phonetic", "Quintana", "Kintana"),
        ("phonetic", "Cecilia", "Sesilia"),
        ("phonetic", "David", "Davit"),
        ("identifier", "AB-12 345", "ab12345"),
        ("birth_date", " 2012-05-30", "2012-05-30"),
        ("handle", "@Sky_Fox.9 ", "sky_fox.9"),
    ],
)
def test_two_spellings_of_one_thing_meet(open_vault: Path, kind: str, one: str, same: str) -> None:
    assert token(kind, one) == token(kind, same)
    assert len(token(kind, one)) == 32


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("name", "Ana Ruiz", "Ana Diaz"),
        ("phonetic", "Walker", "Turner"),
        ("phonetic", "Kim", "Tim"),
        ("phonetic", "Ana", "Dana"),
        ("identifier", "12345", "12354"),
        ("birth_date", "2012-05-30", "2012-05-03"),
        ("handle", "sky_fox", "skyfox"),
    ],
)
def test_two_different_things_do_not_meet(open_vault: Path, kind: str, one: str, other: str) -> None:
    assert token(kind, one) != token(kind, other)


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Ana", []),
        ("Ana García", []),
        ("Ana García López", ["Ana García", "Ana López"]),
        ("Ana María García López", ["Ana García", "Ana López"]),
        ("García López, Ana María", ["Ana García", "Ana López"]),
        ("García López,", []),
    ],
)
def test_a_name_is_also_its_first_word_with_each_of_its_last_two(name: str, forms: list[str]) -> None:
    assert name_forms(name) == [name, *forms]


def test_somebody_is_found_by_each_form_of_the_name_by_its_sound_and_by_every_number(
    open_vault: Path,
) -> None:
    found = Blinder(1).all_of({"name": "Ana María García López", "identifier": "AB-12", "handle": " "})
    assert len(found) == len(set(found)) == 7
    for kind, value in (
        ("name", "López García, María Ana"),
        ("name", "ana garcia"),
        ("phonetic", "Anna Lopes"),
        ("identifier", "ab12"),
    ):
        assert (kind, token(kind, value)) in found
    assert ("name", token("name", "María García")) not in found


@pytest.mark.parametrize(("one", "other"), [("Anna Schneider", "Ana Shnyder"), ("schulz", "Shulz")])
def test_a_name_with_sch_is_found_by_whoever_writes_what_is_heard(
    open_vault: Path, one: str, other: str
) -> None:
    assert set(Blinder(1).all_of({"name": one})) & set(Blinder(1).all_of({"name": other}))
    assert ("phonetic", token("phonetic", one)) in Blinder(1).all_of({"name": one})  # as stored before


def test_districts_and_kinds_cannot_be_compared_with_each_other(open_vault: Path) -> None:
    assert (
        len(
            {
                token("name", "ana"),
                token("handle", "ana"),
                token("identifier", "ana"),
                token("name", "ana", district_id=2),
            }
        )
        == 4
    )


def test_nothing_to_look_up_gives_no_token(open_vault: Path) -> None:
    assert (
        token("name", " - ")
        == token("birth_date", "")
        == token("identifier", "…")
        == token("phonetic", "")
        == b""
    )


def test_a_date_in_another_form_and_an_unknown_kind_are_errors(open_vault: Path) -> None:
    for kind, value in (("birth_date", "5/30/2012"), ("nickname", "x")):
        with pytest.raises(ValueError, match=r".+"):
            token(kind, value)


def test_without_the_key_file_no_name_can_be_tried_out(open_vault: Path) -> None:
    token("name", "ana")
    key_path().unlink()
    with pytest.raises(VaultLocked):
        token("name", "ana")
