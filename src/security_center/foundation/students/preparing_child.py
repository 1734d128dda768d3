"""The second process of `preparing.Ahead`: answers each piece of work until nobody sends any more."""

from __future__ import annotations

import pickle
import sys

import django


def main() -> None:
    django.setup()
    # It imports models, which have to be ready
    from security_center.foundation.students.preparing import prepare, send

    send([], sys.stdout.buffer)  # ready
    while True:
        try:
            work = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
        except EOFError:
            return
        send(prepare(work), sys.stdout.buffer)


if __name__ == "__main__":
    main()
