"""All that the chapters tell of, worked out once."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

from simex.analysis import Effect, Results
from simex.analysis.effects import effects, simple_effects_of
from simex.analysis.robustness import LayerEffects, rank_correlations, through_layers
from simex.measures import Measure

from .content import level_words
from .credibility import Evidence, pedigree
from .wording import by_lever, untouched


@dataclass(frozen=True)
class Context:
    """results: of the study. replica: the same in 24 runs, if it was run. public: the version without site
    and numbers for analysts."""

    results: Results
    evidence: Evidence
    replica: Results | None = None
    public: bool = False

    def for_public(self) -> Context:
        """The same for the public, with what is worked out already."""
        other = replace(self, public=True)
        own = {field.name for field in fields(self)}
        other.__dict__.update({name: value for name, value in self.__dict__.items() if name not in own})
        return other

    @cached_property
    def magnitudes(self) -> bool:
        """Whether sizes may be told: not where more than half of the influential inputs are assumptions."""
        return pedigree(self.results.study.parameters, self.evidence.influential).magnitudes_allowed

    @cached_property
    def effects(self) -> list[Effect]:
        return effects(self.results)

    @cached_property
    def core(self) -> list[Effect]:
        return [one for one in self.effects if one.confirmatory]

    @cached_property
    def untried(self) -> frozenset[str]:
        """Labels of levers, levels and options that changed no core measure in any run, as an officer in a
        drill."""
        return frozenset(own[0].label for own in by_lever(self.core) if untouched(own))

    @cached_property
    def simple(self) -> list[Effect]:
        return simple_effects_of(self.results, self.effects)

    @cached_property
    def layers(self) -> list[LayerEffects]:
        return through_layers(self.results) if len(self.results.layers) > 1 else []

    @cached_property
    def rank_correlations(self) -> dict[str, float]:
        return rank_correlations(self.results)

    @cached_property
    def core_measures(self) -> tuple[Measure, ...]:
        return tuple(measure for measure in self.results.measures if measure.core)

    @property
    def officers(self) -> bool:
        """Whether officers are varied, so that the counter-evidence must be shown."""
        return "officer" in self.results.design.factors or any(
            "officer" in option for option in self.results.design.options.values()
        )

    def condition_words(self, condition: int) -> str:
        levels = next(cell.levels for cell in self.results.study.cells if cell.condition == condition)
        return "; ".join(level_words(name, level) for name, level in levels.items())
