"""SIMEX: a simulation experiment on a school's own floor plan.

It stands alone: no web system, no database. A notebook needs four nouns, each with explicit seeds and pandas out:

    from simex import Plan, Population, Study, Results

`Plan` is the building, `Population` who is in it and when, `Study` a designed experiment over defenders' levers, `Results` what came of its runs.
Only defenders' levers exist: nothing about the assailant can be set, read or drawn (docs/simex/guard-rail.md).
"""
