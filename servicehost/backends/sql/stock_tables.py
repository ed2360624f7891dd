"""The tables of places of the stock and compatibility."""

__all__: list[str] = []
