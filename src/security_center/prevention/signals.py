"""What rooms above may hear from this one, in the transaction in which it happens: a receiver that fails
undoes it."""

from django.dispatch import Signal

# A version of a plan holds now, and so do those that it made stricter below it. Arguments: plan (Plan), actor
# (Person, or None for the system).
plan_adopted = Signal()
