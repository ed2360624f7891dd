"""Where the secrets of a webhook are: in a file, or an environment variable, that the settings name."""

from collections.abc import Mapping
from pathlib import Path

from servicehost.domain.errors import Busy, Invalid
from servicehost.domain.webhook import parse_secrets

__all__ = ["Secrets"]


class Secrets:
    """The secrets in force, newest first. A file is read each time, so that changing it needs no restart."""

    def __init__(self, file: Path | None, variable: str, environment: Mapping[str, str]) -> None:
        self._file = file
        self._variable = variable
        self._in_variable = environment.get(variable, "") if file is None else ""

    def __call__(self) -> tuple[bytes, ...]:
        """One or two. Raises Busy `webhook_secrets_unusable`, which names the place and never what is in it."""
        try:
            return parse_secrets(self._in_variable if self._file is None else self._file.read_text("utf-8"))
        except Invalid as malformed:
            raise self._unusable(malformed.text) from None
        except OSError as error:
            raise self._unusable(error.strerror or "it cannot be read") from None
        except UnicodeDecodeError:
            raise self._unusable("it is not UTF-8") from None

    def _unusable(self, why: str) -> Busy:
        place = f"environment variable {self._variable}" if self._file is None else str(self._file)
        text = f"The secrets of the carrier's webhook cannot be used: {place}: {why}"
        return Busy("webhook_secrets_unusable", text, retry_after_s=60)
