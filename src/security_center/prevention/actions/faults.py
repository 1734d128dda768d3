"""What was asked of the plan cannot be."""

from __future__ import annotations


class PlanFault(Exception):
    """What was asked of the plan cannot be; `sentence` says what to do."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
