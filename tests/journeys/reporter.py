"""What a reporter does in the browser, step by step, for the journeys."""

from __future__ import annotations

from tests.browser import Visit


def words_on(page: Visit) -> str:
    """The receipt's words as the page shows them."""
    return " ".join(page.locator("#receipt li").all_inner_texts())
