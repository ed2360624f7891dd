"""Every free text of the tables is reached when somebody is erased."""

import pytest
from sqlalchemy import String, Table, Text

import servicehost.backends.sql.reads
import servicehost.backends.sql.store  # noqa: F401 - with these every table is known
from servicehost.backends.sql.forgetting import CODES, HANDLED, MACHINES, OWN_WORDS, free_text_of
from servicehost.backends.sql.tables import METADATA

AUTHORS = {"author", "actor", "by", "changed_by", "decided_by", "declared_by", "given_by", "proposed_by", "recorded_by"}
AUTHORS |= {"taken_by", "ordered_by"}
WORDS = {"answer", "evidence", "note", "reason"}
# Who is named there did not write it, or nobody is named; the name is still taken out of it.
NOT_THE_AUTHORS = {
    ("binding", "reason"): "no author is kept",
    ("push", "reason"): "a word of ours",
    ("charge_proposal", "evidence"): "the host's, of the rule it proposes by",
    ("outbox", "detail"): "of the event, which goes once it is carried out",
}


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_what_is_left_alone_is_there_and_wide_enough_to_matter(table: Table) -> None:
    kept = MACHINES.get(table.name, frozenset()) | HANDLED.get(table.name, frozenset())
    assert kept <= set(table.c.keys())


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_words_beside_their_author_are_emptied_with_them(table: Table) -> None:
    known = {(name, words) for name, _, words in OWN_WORDS}
    authors = {name for name in table.c.keys() if name in AUTHORS}  # noqa: SIM118 - columns iterate as columns
    for column in table.c:
        wide = isinstance(column.type, String) and (isinstance(column.type, Text) or (column.type.length or 0) > 64)
        if column.name in WORDS and wide and authors:
            assert (table.name, column.name) in known or (table.name, column.name) in NOT_THE_AUTHORS, column


def test_names_and_notes_are_among_the_free_texts() -> None:
    found = {(table.name, column.name) for table in METADATA.sorted_tables for column in free_text_of(table)}
    assert {
        ("handover", "note"),
        ("handover", "target_name"),
        ("unit_return", "reason"),
        ("event", "detail"),
        ("exchange", "reason"),
        ("exchange", "swap_now_by"),
        ("exchange_step", "by"),
        ("phone_call", "said"),
        ("fact", "evidence"),
        ("adapter", "memo"),
    } <= found


def test_a_column_of_codes_is_one_that_is_looked_at_and_no_column_of_words_is_among_them() -> None:
    looked_at = {column.name for table in METADATA.sorted_tables for column in free_text_of(table)}
    assert looked_at >= CODES
    words = {*WORDS, "memo", "label", "site_name", "location", "declared_location", "said", "answered", "rest"}
    words |= {"addressee", "name", "by", "swap_now_by", "word", "place", "text", "detail", "source_name", "target_name"}
    assert not CODES & words
