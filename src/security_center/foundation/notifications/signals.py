"""What rooms above may hear from this one, in the transaction in which it happens: a receiver that fails
undoes it."""

from django.dispatch import Signal

# Somebody has proved that their test alerts are read. Arguments: person (Person).
test_alert_confirmed = Signal()
