"""Plans made from a few numbers: schools, and the corridor that every engine is timed on."""

from .benchmark import benchmark
from .school import KINDS, generate

__all__ = ["KINDS", "benchmark", "generate"]
