"""How a command tells its caller that it was asked for something it cannot do."""

from typing import Final

BAD_INPUT: Final = 2
REFUSED: Final = 3
UNREACHABLE: Final = 4


class CommandError(Exception):
    """Ends a command: every problem goes to standard error as a line of its own, and `code` becomes the exit code.

    2 is for input that the caller must mend, 1 for work that was tried and failed; commands that ask a running host
    have 3 for what it refused and 4 for one that cannot be reached. The command must not have written anything to
    standard output.
    """

    def __init__(self, *problems: str, code: int = 2) -> None:
        """Keep the problems, each a sentence that says what to do."""
        super().__init__("\n".join(problems))
        self.problems = problems
        self.code = code
