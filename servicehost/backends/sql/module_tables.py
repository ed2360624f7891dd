"""The tables of config modules and snapshots."""

__all__: list[str] = []
