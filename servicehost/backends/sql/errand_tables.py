"""The tables of appointments and errands."""

__all__: list[str] = []
