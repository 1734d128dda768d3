"""Whoever watches the line sees how long an answer is, and must not tell from it what a report was about."""

from __future__ import annotations

import itertools

import pytest
from django.test import Client
from tests.reporting.public_side import come_back, opened_school, receipt_words, send

from security_center.foundation.organizations.models import Organization

__all__ = ["opened_school"]
pytestmark = pytest.mark.django_db
# What each changes on the page: advice for danger, for suicide, for a weapon; the promise of a time; whether
# messages are wanted.
ANSWERS: dict[str, list[str]] = {
    "what_happened": ["He hit me", "I want to kill myself"],
    "danger_now": ["no", "yes"],
    "weapon": ["", "a knife"],
    "category": ["", "bullying"],
    "may_we_message": ["yes", "no"],
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_after_sending_is_as_long_whatever_was_sent(
    public_client: Client, opened_school: Organization, language: str
) -> None:
    sizes = {}
    for answers in itertools.product(*ANSWERS.values()):
        sent = send(
            public_client, opened_school, language=language, **dict(zip(ANSWERS, answers, strict=True))
        )
        sizes[answers] = len(sent.content)
    assert len(set(sizes.values())) == 1, sizes


def test_the_page_of_a_report_is_as_long_whatever_it_says(
    public_client: Client, opened_school: Organization
) -> None:
    sizes = set()
    for answers in (("He hit me", "no"), ("I want to kill myself. " * 20, "yes")):
        words = receipt_words(
            send(public_client, opened_school, what_happened=answers[0], danger_now=answers[1])
        )
        sizes.add(len(come_back(public_client, words).content))
    assert len(sizes) == 1
