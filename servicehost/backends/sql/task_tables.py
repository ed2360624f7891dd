"""The tables of tasks and rollouts."""

__all__: list[str] = []
