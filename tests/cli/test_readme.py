"""Every command that a page shows is one that there is, with arguments that it takes."""

import re
import shlex
from pathlib import Path

import pytest

from servicehost.cli.app import app
from servicehost.domain.query_text import parse_query

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "README.ja.md", "PROTOCOL.md")
FENCED = re.compile(r"^```(?:sh)?\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"(?:^|&& |/)servicehost ([a-z].*?)(?=$| *>| &&|\s+#)", re.MULTILINE)


def shown(page: str) -> list[str]:
    blocks = FENCED.findall((ROOT / page).read_text())
    return [command for block in blocks for command in COMMAND.findall(block)]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_is_understood(page: str) -> None:
    commands = shown(page)
    assert commands
    for command in commands:
        tokens = shlex.split(command.replace('"$ID" "$MODEL" "$SERIAL"', "ID MODEL SERIAL"))
        app.parse_args(tokens, exit_on_error=False, print_error=False)
        if tokens[:2] == ["query", "find"]:
            parse_query(tokens[2])


def test_both_readmes_show_the_same_and_enough() -> None:
    english, japanese = shown("README.md"), shown("README.ja.md")
    plain = [re.sub(r'--reason "[^"]*"', "--reason", one) for one in english]
    assert {re.sub(r'--reason "[^"]*"', "--reason", one) for one in japanese} == set(plain)
    assert len(english) > 15
