"""Who is in the building."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Population:
    """Numbers of people (simex.md 2.9). None: as many as the plan's rooms are furnished for.

    limited_mobility_share, hearing_share, language_share: of students, 0 to 1, for the measures of equity
    (M25)."""

    students: int | None = None
    staff: int | None = None
    class_size: int = 25
    limited_mobility_share: float = 0.02
    hearing_share: float = 0.01
    language_share: float = 0.05
    substitutes: int = 0

    def __post_init__(self) -> None:
        for name, low, high in (
            ("students", 1, 20_000),
            ("staff", 1, 5_000),
            ("class_size", 1, 500),
            ("substitutes", 0, 5_000),
        ):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ValueError(f"{name} may be from {low:,} to {high:,}, not {value:,}.")
        for name in ("limited_mobility_share", "hearing_share", "language_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share from 0 to 1.")
