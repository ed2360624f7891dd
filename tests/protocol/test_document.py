"""PROTOCOL.md and the schemas are what the code says."""

import pathlib
import re

import pytest

from protocol import document
from protocol.codes import CloseCode, ErrorCode
from protocol.messages import RESERVED_METHODS
from protocol.states import Kind
from tests.protocol.record_transcripts import SCENES

_REMEDY = "run: python -m protocol.document --write"


def test_the_page_is_up_to_date() -> None:
    page = document.PAGE.read_text("utf-8")
    assert document.filled(page) == page, _REMEDY


def test_the_schemas_are_up_to_date() -> None:
    assert document.SCHEMAS.read_text("utf-8") == document.schemas_text(), _REMEDY


def test_the_page_names_every_method_code_reserved_name_and_transcript() -> None:
    page = document.PAGE.read_text("utf-8")
    wanted = {f"`{kind.method}`" for kind in Kind} | {f"`{name}`" for name in RESERVED_METHODS}
    wanted |= {f"`{code.name.lower()}`" for code in (*CloseCode, *ErrorCode)} | {f"`{name}`" for name in SCENES}
    assert {name for name in wanted if name not in page} == set()


def test_every_link_within_the_page_leads_somewhere() -> None:
    page = document.PAGE.read_text("utf-8")
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
    assert {anchor for anchor in re.findall(r"\]\(#([^)]+)\)", page) if anchor not in anchors} == set()


def test_every_file_the_page_links_to_exists() -> None:
    page = document.PAGE.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", page) if not link.startswith("http")]
    assert links
    assert [link for link in links if not (document.PAGE.parent / link).exists()] == []


def test_a_page_without_a_block_or_with_a_strange_one_is_refused() -> None:
    page = document.PAGE.read_text("utf-8")
    with pytest.raises(ValueError, match="each block once"):
        document.filled(page.replace("generated: limits", "generated: weather"))
    with pytest.raises(ValueError, match="each block once"):
        document.filled("nothing here")


def test_the_command_names_what_is_stale_and_mends_it(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "PROTOCOL.md"
    page.write_text(document.PAGE.read_text("utf-8").replace("| 4000 |", "| 4999 |"), "utf-8")
    monkeypatch.setattr(document, "PAGE", page)
    monkeypatch.setattr(document, "SCHEMAS", tmp_path / "schemas.json")
    assert document.main([]) == 1
    assert document.main(["--write"]) == 0
    assert document.main([]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "out of date: PROTOCOL.md",
        "out of date: schemas.json",
        "written: PROTOCOL.md",
        "written: schemas.json",
    ]
