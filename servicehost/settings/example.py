"""`config.example.toml`: every setting with its meaning and its default. `--write` writes it, without it prints it."""

import re
import sys
import textwrap
from pathlib import Path
from typing import Final

import msgspec

from servicehost.settings.describe import described, toml_text
from servicehost.settings.tables import Settings

__all__ = ["EXAMPLE", "example_text"]

EXAMPLE: Final = "config.example.toml"
_HEAD: Final = """\
# Every setting of a service host, with its default. A settings file needs only what differs from it.
#
# Over the file stand environment variables, SERVICEHOST_<TABLE>_<KEY> (a list with commas in between), and over those
# `servicehost serve --set table.key=value`. An unknown table or key is an error. Relative paths are relative to the
# settings file. An empty path means: none.
"""
_WIDTH: Final = 118
_OWN_NAME: Final = re.compile(r"^`\[\w+\]`[.:] ")  # the heading above says it already


def example_text() -> str:
    """The whole file. It parses to the defaults."""
    lines = [_HEAD]
    headings = {table.name: _heading(table.type) for table in msgspec.structs.fields(Settings)}
    for one in described():
        heading = headings.pop(one.table, None)
        if heading is not None:
            lines.append(f"[{one.table}]\n{heading}\n")
        lines.append(f"{_comment(one.meaning)}\n{one.key} = {toml_text(one.default)}\n")
    return "\n".join(lines)


def _heading(table: type) -> str:
    first = (table.__doc__ or "").partition("\n")[0]
    words = _OWN_NAME.sub("", first)
    return _comment(words[:1].upper() + words[1:])


def _comment(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        Path(EXAMPLE).write_text(example_text(), "utf-8")
    else:
        sys.stdout.write(example_text())
