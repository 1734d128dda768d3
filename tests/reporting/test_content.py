"""What the desk says, asks and teaches: complete, short where promised, plain, in both languages, and never
careless."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from tests.prevention.reading_level import grade

from sample_district import reports as sample_district
from security_center.foundation import content_reader
from security_center.foundation.content_reader import ContentFault, Text
from security_center.prevention import content_loader as plan
from security_center.reporting import content_loader as content

SECTION_6_4 = (
    "parent_notified counseling welfare_check hospitalised suicide_assessment btam_opened "
    "discipline LE_investigation arrest weapon_recovered "
    "drugs_seized safety_plan referral_community facility_fixed hr_referral title_ix cps_report "
    "unable_to_identify duplicate_linked no_action_reason"
)


def texts_to_reporters() -> Iterator[tuple[str, Text]]:
    for question in content.quick_questions().values():
        yield f"question {question.key}", question.text
    for template in content.message_templates().values():
        yield f"template {template.key}", template.text
    for state in content.status_lines().values():
        yield f"state {state.key}", state.line
    page = content.danger_now()
    for line in (page.title, page.intro, *page.steps, page.after):
        yield "danger_now", line
    for key, situation in page.situations.items():
        for line in (situation.title, *situation.steps):
            yield f"danger_now {key}", line
    about_me = content.self_help()
    for line in (
        about_me.title,
        about_me.intro,
        *about_me.now,
        *about_me.next,
        about_me.consent,
        *about_me.grounding.steps,
    ):
        yield "self_help", line


def lesson_texts(key: str) -> list[Text]:
    lesson = content.lessons()[key]
    found = [lesson.title, *lesson.aims, *lesson.activity.lines, lesson.poster.headline, *lesson.poster.lines]
    for section in lesson.sections:
        found += [section.title, *section.lines]
    for check in lesson.check:
        found += [check.question, check.answer]
    return found


def test_questions_and_templates_fit_in_160_characters_in_each_language() -> None:
    for where, text in texts_to_reporters():
        if where.startswith(("question", "template")):
            assert len(text["en"]) <= 160, where
            assert len(text["es"]) <= 160, where


def test_a_message_that_is_too_long_names_its_file_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"label": {"en": "A", "es": "A"}, "text": {"en": "a" * 161, "es": "corto"}}
    monkeypatch.setattr(content.CONTENT, "part", lambda _name, _key: {"far_too_long": entry})
    with pytest.raises(ContentFault, match=r"quick_questions.yaml: far_too_long: the text in “en” has 161"):
        content.quick_questions.__wrapped__()


def test_the_quick_questions_of_the_doctrine_are_there() -> None:
    assert {"weapon", "where", "when", "targets", "how_known", "screenshot"} <= set(content.quick_questions())


def test_no_message_to_a_reporter_asks_who_they_are_or_promises_a_result() -> None:
    for where, text in texts_to_reporters():
        assert not re.search(
            r"\bwhat is your name\b|\bwho are you\b|\bi promise (?!it will not be ignored)",
            text["en"].lower(),
        ), where
        assert not re.search(r"cómo te llamas|quién eres tú\?", text["es"].lower()), where


def test_the_four_states_are_those_of_a_report() -> None:
    assert list(content.status_lines()) == ["received", "reading", "acting", "finished"]


def test_every_disposition_code_of_the_doctrine_is_there() -> None:
    assert set(content.disposition_actions()) == set(SECTION_6_4.split())
    assert set(content.validities()) == {
        "substantiated",
        "plausible",
        "unsubstantiated",
        "mistaken",
        "knowingly_false",
    }


def test_only_knowingly_false_needs_two_people_and_mistaken_says_it_is_never_punished() -> None:
    two_people = [key for key, validity in content.validities().items() if validity.two_people]
    assert two_people == ["knowingly_false"]
    assert "punish" in content.validities()["mistaken"].meaning["en"]


def test_every_action_stands_in_one_group() -> None:
    grouped = [action.key for group in content.disposition_groups() for action in group.actions]
    assert sorted(grouped) == sorted(content.disposition_actions())


def test_the_phone_script_begins_with_danger_and_its_short_form_has_five_questions() -> None:
    script = content.intake_script()
    assert script.questions[0].field == "danger_now"
    assert [question.field for question in script.five_questions] == [
        "danger_now",
        "what_happened",
        "who",
        "when_where",
        "how_do_you_know",
    ]
    assert any("receipt" in line["en"] for line in script.closing)


def test_the_bomb_threat_form_asks_what_the_public_checklist_asks() -> None:
    form = content.bomb_threat_form()
    keys = {field.key for field in form.fields}
    assert {
        "exact_words",
        "call_began",
        "where_is_it",
        "when_goes_off",
        "looks_like",
        "what_kind",
        "why",
        "manner",
        "sounds",
    } <= keys
    assert len(keys) == len(form.fields)
    assert all(field.options for field in form.fields if field.kind in {"choice", "several"})


def test_the_bomb_threat_answers_become_the_report_s_text_and_blanks_are_left_out() -> None:
    answers: dict[str, str | list[str]] = {
        "exact_words": "until noon",
        "sounds": ["traffic", "voices"],
        "age": "teen",
        "why": " ",
    }
    assert content.bomb_threat_form().as_text(answers, "en").splitlines() == [
        "The exact words of the threat: until noon",
        "About how old: Teenager",
        "What you heard: Street or traffic, Voices",
    ]
    assert "Adolescente" in content.bomb_threat_form().as_text(answers, "es")


def test_when_danger_is_now_911_comes_first_and_steps_are_short() -> None:
    page = content.danger_now()
    assert any("911" in step["en"] for step in page.steps[:2])
    for line in page.steps:
        assert len(line["en"].split()) <= 14


def test_the_page_about_oneself_hands_over_to_988_and_asks_before_a_name() -> None:
    page = content.self_help()
    assert any("988" in line["en"] and "988" in line["es"] for line in page.now)
    assert "do not have to tell us who you are" in page.consent["en"]
    assert {"emergency", "lifeline_988", "crisis_text_line"} <= set(page.contacts)


def test_what_reporters_read_keeps_to_grade_six() -> None:
    by_kind: dict[str, list[str]] = {}
    for where, text in texts_to_reporters():
        by_kind.setdefault(where.split()[0], []).append(text["en"])
    for kind, texts in by_kind.items():
        assert grade(texts) <= 6, (kind, grade(texts))


@pytest.mark.parametrize(
    ("key", "highest"), [("grades_3_5", 4), ("grades_6_12", 5.5), ("families", 8), ("staff", 8)]
)
def test_a_lesson_keeps_to_its_readers_grade(key: str, highest: float) -> None:
    assert grade([text["en"] for text in lesson_texts(key)]) <= highest


def test_each_lesson_has_aims_an_activity_a_check_and_a_poster() -> None:
    assert list(content.lessons()) == ["grades_3_5", "grades_6_12", "families", "staff"]
    for lesson in content.lessons().values():
        assert lesson.aims
        assert lesson.activity.lines
        assert len(lesson.check) >= 3
        assert any("911" in line["en"] and "911" in line["es"] for line in lesson.poster.lines)


def test_the_staff_lesson_says_what_a_report_does_not_replace() -> None:
    words = " ".join(text["en"] for text in lesson_texts("staff"))
    assert "report it to the authorities yourself" in words
    assert "Never copy or forward a private picture" in words


def test_spanish_is_written_and_not_english_again() -> None:
    for where, text in texts_to_reporters():
        assert text["en"] != text["es"], where
    for key in content.lessons():
        for text in lesson_texts(key):
            assert text["en"] != text["es"] or text["en"] == "No.", (key, text["en"])


def test_pupils_are_never_addressed_as_usted() -> None:
    for where, text in texts_to_reporters():
        assert not re.search(r"\busted(es)?\b", text["es"]), where
    for key in ("grades_3_5", "grades_6_12"):
        for text in lesson_texts(key):
            assert not re.search(r"\busted\b", text["es"]), text["es"]


def test_placeholders_are_the_same_in_both_languages() -> None:
    for where, text in texts_to_reporters():
        assert sorted(re.findall(r"{(\w+)}", text["en"])) == sorted(re.findall(r"{(\w+)}", text["es"])), where


def test_every_content_file_names_its_source() -> None:
    for file in (*content.CONTENT.folder.glob("*.yaml"), sample_district.FILE):
        assert content_reader.read(file).get("source"), file.name


def test_the_demo_district_has_enough_believable_reports() -> None:
    reports = sample_district.sample_reports()
    assert len(reports) >= 60
    languages = Counter(report.language for report in reports)
    assert languages["es"] >= len(reports) * 0.28
    assert Counter(report.rumor_group for report in reports)["friday_post"] == 8
    assert {report.channel for report in reports} == sample_district.CHANNELS
    assert {report.validity for report in (one.outcome for one in reports) if report} == set(
        content.validities()
    )
    assert sum(report.outcome is None for report in reports) >= 8
    subjects = Counter(report.same_subject for report in reports if report.same_subject)
    assert subjects
    assert all(count >= 2 for count in subjects.values())


def test_the_sample_reports_cover_every_category_that_reporters_see() -> None:
    used = {report.category for report in sample_district.sample_reports()}
    assert {key for key, category in plan.categories().items() if category.shown} <= used


def test_no_sample_about_suicide_or_self_harm_was_closed_without_a_counselor() -> None:
    for report in sample_district.sample_reports():
        if report.category and plan.categories()[report.category].mental_health and report.outcome:
            assert "ounselor" in report.outcome.considered, report.key
