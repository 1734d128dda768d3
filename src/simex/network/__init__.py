"""The network engine: a floor plan as a graph, people and word of danger as events; fast enough for a
thousand replicates of every condition."""

from .engine import NetworkEngine

__all__ = ["NetworkEngine"]
