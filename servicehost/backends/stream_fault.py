"""What is wrong with a stream that somebody brings: a sealed one, or the backup in it."""

__all__ = ["StreamFault"]


class StreamFault(Exception):
    """A stream that is not taken, in plain words.

    `code` of what is sealed: `not_sealed`, `other_key`, `damaged`, `cut_off`; of a backup: `not_a_backup`,
    `backup_newer`, `damaged`, `cut_off`.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
