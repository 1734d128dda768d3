"""One lockdown, drill or with the hazard, from onset to the horizon: the loop over the queue of events."""

from __future__ import annotations

from simex.compiling import inner
from simex.decisions.exposure import advance
from simex.decisions.heap import pop
from simex.decisions.lockdown import begin_lockdown, happen


@inner
def run_lockdown(w, horizon, with_hazard, own_end):  # type: ignore[no-untyped-def]
    """Runs the world's replicate to the horizon (seconds)."""
    begin_lockdown(w, horizon, with_hazard, own_end)
    g = w.scene[0]
    while g.queued > 0:
        time, kind, who, what = pop(w)
        advance(w, time)
        happen(w, time, kind, who, what)
    advance(w, horizon)
