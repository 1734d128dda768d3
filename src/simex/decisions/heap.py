"""The queue of events: a binary heap in flat arrays, ordered by (time, order of scheduling), so that equal
times keep one order everywhere."""

from __future__ import annotations

import numpy as np

from simex.compiling import inner

EVENT = np.dtype(
    [("time", "f8"), ("order", "i8"), ("kind", "i4"), ("who", "i4"), ("what", "i4"), ("pad", "i4")]
)


@inner
def before(a, b):  # type: ignore[no-untyped-def]
    return a.time < b.time or (a.time == b.time and a.order < b.order)


@inner
def put(event, time, order, kind, who, what):  # type: ignore[no-untyped-def]
    event.time = time
    event.order = order
    event.kind = kind
    event.who = who
    event.what = what


@inner
def copy(target, source):  # type: ignore[no-untyped-def]
    put(target, source.time, source.order, source.kind, source.who, source.what)


@inner
def schedule(w, time, kind, who, what):  # type: ignore[no-untyped-def]
    """Adds an event; one after the horizon changes nothing that is measured and is left out. Raises
    MemoryError when the queue is full."""
    g = w.scene[0]
    if not time <= g.horizon:
        return
    if g.queued + 1 >= w.queue.shape[0]:
        raise MemoryError("more events than the queue holds")
    heap = w.queue
    place = g.queued
    g.queued += 1
    g.order += 1
    fresh = heap[heap.shape[0] - 1]
    put(fresh, time, g.order, kind, who, what)
    while place > 0:
        parent = (place - 1) // 2
        if not before(fresh, heap[parent]):
            break
        copy(heap[place], heap[parent])
        place = parent
    copy(heap[place], fresh)


@inner
def pop(w):  # type: ignore[no-untyped-def]
    """The earliest event (time, kind, who, what); there must be one."""
    g = w.scene[0]
    heap = w.queue
    top = heap[0]
    time, kind, who, what = top.time, top.kind, top.who, top.what
    g.queued -= 1
    last = heap[g.queued]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= g.queued:
            break
        if child + 1 < g.queued and before(heap[child + 1], heap[child]):
            child += 1
        if not before(heap[child], last):
            break
        copy(heap[place], heap[child])
        place = child
    copy(heap[place], last)
    return time, kind, who, what
