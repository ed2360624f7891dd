"""What can be wrong with settings, with a name for each."""

import msgspec

__all__ = ["SettingFault", "SettingsError", "SettingsProblem"]


class SettingFault(ValueError):
    """Raised by a table that is wrong as a whole. `code` is stable, the text names the keys and what would be right."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class SettingsProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, and where.

    Codes: settings_missing, settings_unreadable, not_toml, unknown_table, unknown_key, wrong_value, contradiction, and
    those of `SettingFault`.
    """

    code: str
    where: str
    """File, table and key; or the environment variable; or the flag."""
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text} ({self.code})"


class SettingsError(Exception):
    """The settings cannot be used; `problems` has all of them that were found, at least one."""

    def __init__(self, *problems: SettingsProblem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
