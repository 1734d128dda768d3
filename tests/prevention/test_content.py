"""The content files of the prevention plan keep their promises: complete, in both languages, plain, and never
lowering."""

from __future__ import annotations

import re
from collections.abc import Iterator
from time import perf_counter

import pytest
from django.forms import ChoiceField
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.prevention.reading_level import grade

from security_center.foundation import content_reader
from security_center.foundation.content_reader import ContentFault, Text
from security_center.prevention import content_loader
from security_center.prevention.content_loader import Span, Unit, Urgency, most_urgent
from security_center.prevention.raising import urgency_from_words

SECTION_5 = {
    "planned_attack": "U1",
    "weapon": "U1",
    "bomb_threat": "U1",
    "suicide": "U1",
    "threat_person": "U1",
    "threat_school": "U1",
    "assault": "U1",
    "sexual_assault": "U1",
    "child_abuse": "U1",
    "dating_violence": "U2",
    "overdose": "U1",
    "kidnap_runaway": "U1",
    "self_harm": "U2",
    "welfare_check": "U2",
    "depression_anxiety": "U2",
    "eating_disorder": "U3",
    "bullying": "U2",
    "cyberbullying": "U2",
    "hate_harassment": "U2",
    "sexual_harassment": "U2",
    "sextortion_images": "U2",
    "drugs": "U3",
    "alcohol_vape": "U3",
    "fight_planned": "U2",
    "weapon_offcampus": "U1",
    "concerning_interest": "U2",
    "staff_concern": "U2",
    "facility": "U3",
    "policy_safety": "U3",
    "theft_vandalism": "U4",
    "conduct": "U4",
    "cyber": "U3",
    "other": "U2",
    "thanks_test": "U4",
}


def test_every_category_of_the_doctrine_is_there_with_its_urgency() -> None:
    assert {key: category.urgency.value for key, category in content_loader.categories().items()} == SECTION_5


def test_urgencies_that_readers_often_lower_are_those_of_the_doctrine() -> None:
    lowered = {key for key, category in content_loader.categories().items() if category.often_lowered_to}
    assert lowered == {"threat_person", "threat_school", "assault", "weapon_offcampus"}
    assert all(content_loader.categories()[key].often_lowered_to is Urgency.U2 for key in lowered)


def test_weapon_attack_and_suicide_need_two_readers_to_close_and_every_u1_two_to_lower() -> None:
    found = content_loader.categories()
    for key in ("planned_attack", "weapon", "bomb_threat", "weapon_offcampus", "suicide"):
        assert found[key].two_readers_to_close
    assert all(category.needs_two_to_lower for category in found.values() if category.urgency is Urgency.U1)
    assert {key for key, category in found.items() if category.mental_health} == {"suicide", "self_harm"}
    assert {key for key, category in found.items() if category.isolate_files} == {"sextortion_images"}


def test_the_form_shows_at_most_seven_groups_and_every_shown_category_once() -> None:
    groups = content_loader.category_groups()
    assert len(groups) <= 7
    shown = [category.key for group in groups for category in group.categories]
    assert sorted(shown) == sorted(key for key in SECTION_5 if key != "thanks_test")


def test_a_hidden_category_leaves_the_form_and_an_empty_group_with_it() -> None:
    groups = content_loader.category_groups(frozenset({"drugs", "alcohol_vape", "overdose"}))
    assert "drugs" not in {group.key for group in groups}


def test_the_u1_ladder_rings_one_person_at_a_time_and_never_gives_up() -> None:
    rule = content_loader.urgencies()["U1"]
    assert [(rung.after, rung.audience) for rung in rule.ladder] == [
        (Span(0, Unit.MINUTES), "reader:1"),
        (Span(5, Unit.MINUTES), "reader:2"),
        (Span(10, Unit.MINUTES), "reader:3"),
        (Span(15, Unit.MINUTES), "district_on_call"),
        (Span(30, Unit.MINUTES), "superintendent"),
    ]
    assert rule.ladder[-1].with_dispatch_number
    assert rule.repeat_minutes == 15
    assert rule.interim == Span(24, Unit.HOURS)


@pytest.mark.parametrize(
    ("urgency", "acknowledge", "human_reply"),
    [
        ("U1", Span(5, Unit.MINUTES), Span(30, Unit.MINUTES)),
        ("U2", Span(4, Unit.SCHOOL_HOURS), Span(1, Unit.SCHOOL_DAYS)),
        ("U3", Span(1, Unit.SCHOOL_DAYS), Span(1, Unit.SCHOOL_DAYS)),
        ("U4", Span(5, Unit.SCHOOL_DAYS), Span(1, Unit.SCHOOL_DAYS)),
    ],
)
def test_each_urgency_keeps_the_doctrine_s_clocks(urgency: str, acknowledge: Span, human_reply: Span) -> None:
    rule = content_loader.urgencies()[urgency]
    assert rule.acknowledge == acknowledge
    assert rule.human_reply == human_reply
    assert rule.disposition == Span(10, Unit.SCHOOL_DAYS)
    assert (
        any(rung.audience == "district_on_call" and rung.after == acknowledge for rung in rule.ladder)
        or urgency == "U1"
    )


def test_only_u1_rings_outside_the_delivery_window() -> None:
    rules = content_loader.clock_rules()
    assert rules.sent_at_any_hour == (Urgency.U1,)
    assert (rules.delivery_window.opens.hour, rules.delivery_window.closes.hour) == (6, 18)
    assert rules.automatic_reply == Span(1, Unit.MINUTES)


def test_school_time_does_not_become_plain_time_by_itself() -> None:
    with pytest.raises(ValueError, match="calendar"):
        Span(4, Unit.SCHOOL_HOURS).as_timedelta()


def test_the_most_urgent_wins_and_nothing_is_routine() -> None:
    assert most_urgent("U3", None, Urgency.U2) is Urgency.U2
    assert most_urgent() is Urgency.U4


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("he has a gun in his bag", "U1"),
        ("there are guuuuns in the car", "U1"),
        ("She brought KNIVES.", "U1"),
        ("hes gonna shoot up the school", "U1"),
        ("Don’t come to school tomorrow", "U1"),
        ("i wanna die", "U1"),
        ("she's going to kill herself", "U1"),
        ("kms fr", "U1"),
        ("k1ll myself", "U1"),
        ("k*ll myself", "U1"),
        ("su1c1de", "U1"),
        ("my dad hits me", "U1"),
        ("my uncle touches me at night", "U1"),
        ("he was raped", "U1"),
        ("she took too many pills", "U1"),
        ("my friend ran away from home", "U1"),
        ("he got jumped behind the gym", "U1"),
        ("help me now", "U1"),
        ("she cuts her arms", "U2"),
        ("he leaked her nudes", "U2"),
        ("they are going to fight", "U2"),
        ("🔫 you know who", "U2"),
        ("he sells weed", "U3"),
        ("trae una pistola", "U1"),
        ("trae una navaja en la mochila", "U1"),
        ("AMENAZÓ con venir a la escuela", "U1"),
        ("va a haber un tiroteo", "U1"),
        ("no vayas a la escuela mañana", "U1"),
        ("voy a matar a todos", "U1"),
        ("me quiero morir", "U1"),
        ("dice que quiere matarse", "U1"),
        ("se va a suicidar", "U1"),
        ("su padrastro lo golpea", "U1"),
        ("la violaron en una fiesta", "U1"),
        ("se tomó muchas pastillas", "U1"),
        ("he says he will hurt himself with pills", "U1"),
        ("quiere hacerse daño con pastillas", "U1"),
        ("dice que se va a hacer daño", "U2"),
        ("no llegó a su casa", "U1"),
        ("le dieron una golpiza", "U1"),
        ("se corta los brazos", "U2"),
        ("me están chantajeando con mis fotos", "U2"),
        ("se van a pelear", "U2"),
        ("venden drogas en el baño", "U3"),
    ],
)
def test_words_raise_in_both_languages(words: str, expected: str) -> None:
    urgency, hits = urgency_from_words([words])
    assert urgency == expected, [hit.phrase for hit in hits]
    assert any(hit.raises_to == expected for hit in hits)


@pytest.mark.parametrize(
    "words",
    [
        "we were shooting hoops and he killed it",
        "shooting hoops at school is fun",
        "the photobomb was funny",
        "my bike is missing",
        "the teacher passed out flyers",
        "I have begun to like raffles and gunnery sergeants",
        "la puerta no cierra bien",
        "mi clase de arte es divertida",
        "El accidente fue a 5 minutos",
        "",
    ],
)
def test_everyday_talk_does_not_ring_people_at_night(words: str) -> None:
    urgency, hits = urgency_from_words([words])
    assert urgency != "U1", [hit.phrase for hit in hits]


def test_a_hit_names_the_phrase_of_the_file_and_never_what_was_typed() -> None:
    _urgency, hits = urgency_from_words(["Marisol has a GUN at 14 Elm Street"])
    assert hits[0].phrase in content_loader.raising_words()[hits[0].key].words["en"]
    assert "Marisol" not in repr(hits)


_WORDS = st.sampled_from(
    [
        "gun",
        "the",
        "school",
        "kill",
        "him",
        "quiero",
        "morir",
        "no",
        "amenaza",
        "hoops",
        "up",
        "shoot",
        "GUN!",
        "navaja",
        "today",
        "🔫",
        "k1ll",
        "sooo",
        "ñ",
        "\n",
    ]
)
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=12).map(" ".join))


@given(st.lists(_TEXTS, max_size=4), st.lists(_TEXTS, max_size=4))
@settings(max_examples=300, deadline=None)
def test_more_text_never_lowers(first: list[str], more: list[str]) -> None:
    before, hits_before = urgency_from_words(first)
    after, hits_after = urgency_from_words(first + more)
    assert most_urgent(before, after) == most_urgent(after)
    assert set(hits_before) <= set(hits_after)


@given(_TEXTS, _TEXTS)
@settings(max_examples=300, deadline=None)
def test_going_on_in_the_same_field_never_lowers(start: str, more: str) -> None:
    before, _ = urgency_from_words([start])
    after, _ = urgency_from_words([f"{start} {more}"])
    assert most_urgent(before, after) == most_urgent(after)


def test_every_raising_phrase_is_found_when_written_as_it_stands() -> None:
    for entry in content_loader.raising_words().values():
        for phrase in (*entry.words["en"], *entry.words["es"]):
            written = " ".join(slot.split("/")[0].removesuffix("~") for slot in phrase.split() if slot != "…")
            _urgency, hits = urgency_from_words([written])
            assert any(hit.key == entry.key and hit.phrase == phrase for hit in hits), (entry.key, phrase)


def all_texts() -> Iterator[tuple[str, Text]]:
    for category in content_loader.categories().values():
        yield f"{category.key} label", category.label
        yield f"{category.key} description", category.description
    for rule in content_loader.urgencies().values():
        yield rule.key, rule.name
        yield rule.key, rule.promise
    for mode in content_loader.anonymity_modes().values():
        yield mode.key, mode.sentence
    page = content_loader.anonymity_page()
    for line in (*page.limits, *page.protects, *page.next_steps):
        yield "anonymity page", line
    for resource in content_loader.outside_resources():
        yield resource.key, resource.when
        yield resource.key, resource.hours


def test_spanish_is_written_and_not_english_again() -> None:
    for where, text in all_texts():
        # Names and numbers may be the same in both languages; a sentence may not.
        assert text["en"] != text["es"], where


def test_what_reporters_read_keeps_to_grade_six() -> None:
    categories = content_loader.categories().values()
    for category in categories:
        assert len(category.description["en"].split()) <= 22, category.key
    page = content_loader.anonymity_page()
    assert grade([category.description["en"] for category in categories if category.shown]) <= 6
    assert grade([line["en"] for line in (*page.limits, *page.protects, *page.next_steps)]) <= 6
    assert grade([rule.promise["en"] for rule in content_loader.urgencies().values()]) <= 6
    assert grade([content_loader.text(key, "en") for key in content_loader._texts()]) <= 6


def test_the_honest_sentences_say_that_this_is_neither_911_nor_counseling() -> None:
    for language in ("en", "es"):
        sentence = content_loader.text("not_911_not_counseling", language)
        assert "911" in sentence
        assert "988" in sentence
        assert "911" in content_loader.text("coverage_nobody_now", language, time="7:30")


def test_placeholders_are_the_same_in_both_languages() -> None:
    for key, text in content_loader._texts().items():
        assert re.findall(r"{(\w+)}", text["en"]) == re.findall(r"{(\w+)}", text["es"]), key


def test_a_text_shows_in_the_language_of_the_page_and_is_escaped() -> None:
    from django.template import Context, Template
    from django.utils.translation import override

    text, template = Text({"en": "<b>No</b>", "es": "Sí"}), Template("{{ text }}")
    with override("en"):
        assert template.render(Context({"text": text})) == "&lt;b&gt;No&lt;/b&gt;"
    with override("es"):
        assert template.render(Context({"text": text})) == "Sí"
    assert text.in_language("es-US") == "Sí"
    assert text.in_language("vi") == "<b>No</b>"


def test_a_text_is_the_label_of_a_choice_and_no_group_of_choices() -> None:
    field = ChoiceField(choices=[("no", Text({"en": "No", "es": "Sin"}))])
    assert field.valid_value("no")


def test_each_outside_resource_has_a_source_and_a_way_to_reach_it() -> None:
    resources = content_loader.outside_resources()
    assert [resource.key for resource in resources][:2] == ["emergency", "lifeline_988"]
    for resource in resources:
        assert resource.source
        assert resource.from_plan or resource.call or resource.message_to


def test_every_content_file_names_its_source() -> None:
    for file in content_loader.CONTENT.folder.glob("*.yaml"):
        assert content_reader.read(file).get("source"), file.name


def test_an_unknown_text_is_a_fault_and_not_an_empty_page() -> None:
    with pytest.raises(ContentFault, match="no_such_text"):
        content_loader.text("no_such_text", "en")


@pytest.mark.parametrize(
    "text", ["ab" * 500_000, "a1" * 250_000 + "!", "kill " + "my" * 500_000, "a" + "1" * 500_000]
)
def test_a_text_without_a_space_costs_no_more_than_any_other(text: str) -> None:
    began = perf_counter()
    urgency_from_words([text])
    assert perf_counter() - began < 10, (
        "a search that starts again at each letter would take hours, and stop every other reporter meanwhile"
    )
