"""What of a command line's choices goes to the host: what was said, and nothing for what was not."""

from typing import Any

__all__ = ["given", "queried"]


def given(**choices: Any) -> dict[str, Any]:
    """The choices that were made; None is one that was not."""
    return {name: choice for name, choice in choices.items() if choice is not None}


def queried(**choices: str | int | bool | None) -> dict[str, str]:
    """The same as the texts of an address; False, too, is a choice that was not made."""
    made = {name: choice for name, choice in choices.items() if choice is not None and choice is not False}
    return {name: "true" if choice is True else str(choice) for name, choice in made.items()}
