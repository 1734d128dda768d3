"""The plan on paper: tagged, titled, with page numbers, in both languages, and what was typed is drawn and
never run."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader
from tests.cast import Cast

from security_center.prevention import actions

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def read(answer: object) -> tuple[PdfReader, str]:
    reader = PdfReader(BytesIO(answer.content))  # type: ignore[attr-defined]
    return reader, "\n".join(page.extract_text() for page in reader.pages)


def test_nobody_of_another_district_gets_the_paper_and_only_who_may_change_the_plan_gets_the_draft(
    cast: Cast, signed_in: SignIn
) -> None:
    actions.adopt_plan(actor=None, organization=cast.district)
    assert signed_in(cast.ivy_elsewhere).get(f"/plan/{cast.school_a.slug}/paper/").status_code == 404
    assert signed_in(cast.aud).get(f"/plan/{cast.district.slug}/build/paper/").status_code == 403


def test_the_paper_is_tagged_titled_and_holds_words_and_choices_in_both_languages(
    cast: Cast, signed_in: SignIn
) -> None:
    actions.adopt_plan(
        actor=cast.ivy,
        organization=cast.district,
        names={"leader": "Tess Moran"},
        threshold_minutes={"le_weapon_access": 10},
        law_of="FL",
        adopted_for="The Board",
    )
    ivy = signed_in(cast.ivy)
    reader, text = read(ivy.get(f"/plan/{cast.district.slug}/paper/"))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.metadata.title == f"Targeted violence prevention plan of {cast.district.name}"  # type: ignore[union-attr]
    for wanted in (
        "led by Tess Moran",
        "10 minutes",
        "Adopted by",
        "Ivy Chen",
        "The Board",
        "Use the state portal",
        f"Page 1 / {len(reader.pages)}",
    ):
        assert wanted in text, wanted
    type(cast.ada).objects.filter(pk=cast.ada.pk).update(language="es")
    reader, text = read(signed_in(cast.ada).get(f"/plan/{cast.district.slug}/paper/"))
    assert "Plan de prevención de la violencia dirigida" in text


def test_what_was_typed_is_drawn_and_never_run_and_a_draft_says_that_it_is_one(
    cast: Cast, signed_in: SignIn
) -> None:
    typed = {"en": ['#panic("no") *x* $1$ [a] \\ <b>'], "es": ["¡Señal! «ñ»"]}
    actions.save_step(
        actor=cast.ivy, organization=cast.district, step="climate", seen=0, paragraphs=typed, public=True
    )
    _reader, text = read(signed_in(cast.ivy).get(f"/plan/{cast.district.slug}/build/paper/"))
    assert '#panic("no") *x* $1$ [a]' in text
    assert "Draft" in text
    assert "Signature" in text
