"""The tables of evidence of a triage."""

__all__: list[str] = []
