"""What rooms above may hear from this one, in the transaction in which it happens."""

from django.dispatch import Signal

# A duty was raised by a program whose clock was off, or the time that was believed proved wrong: its whole
# ladder was moved. Rooms above move the dates that they keep beside it. Arguments: duty (Duty, its dates
# those of before), by (timedelta).
ladder_moved = Signal()
