"""What a figure is called on a page: its unit and its month in the manner of the reader's language."""

from __future__ import annotations

from django.utils.translation import override

from security_center.equity.queries.statistics_page import _month
from security_center.equity.templatetags.figure_words import ninetieth


def test_how_long_nine_of_ten_took_has_its_unit() -> None:
    with override("en"):
        assert [
            ninetieth(cell) for cell in ({"ninetieth": 1.0}, {"ninetieth": 4.5}, {"ninetieth": 0.0}, {})
        ] == ["1 day", "4.5 days", "0 days", ""]


def test_a_month_reads_as_its_language_writes_it() -> None:
    with override("en"):
        assert _month("2026-03") == "March 2026"
    with override("es"):
        assert _month("2026-03") == "marzo de 2026"
