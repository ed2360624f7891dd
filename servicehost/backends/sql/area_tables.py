"""The tables of shipping addresses and closed areas."""

__all__: list[str] = []
