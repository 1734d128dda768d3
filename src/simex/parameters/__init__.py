"""Every number of the engine in one data file, with unit, range, label and source. The hazard's constants are
not among them (simex.md 2.1)."""

from .model import FaultyParameters, Label, Parameter, Parameters, parameter_of

__all__ = ["FaultyParameters", "Label", "Parameter", "Parameters", "parameter_of"]
