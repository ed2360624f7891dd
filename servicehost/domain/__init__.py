"""Nouns and rules of the service. Pure: no clock, store, loop or socket; time is an argument.

Instants are whole milliseconds since the Unix epoch, UTC (`*_at`); durations say their unit.
"""
