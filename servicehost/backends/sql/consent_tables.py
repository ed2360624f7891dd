"""The tables of recorded consents and calls."""

__all__: list[str] = []
