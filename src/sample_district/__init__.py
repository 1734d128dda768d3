"""The sample district of `./ssc demo`: invented, and made by calling the same actions that pages call, under
a set clock."""
