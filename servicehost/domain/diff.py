"""Two texts compared line by line, in bounded time: a unified diff that is always right, if not always the shortest.

Lines that are unique on both sides are anchors, in the order that leaves most of them standing (patience diff); between
anchors the same again; a gap without any is compared exactly while it is small, and replaced as a whole when it is not.
`difflib` alone takes minutes for a mebibyte of lines that repeat.
"""

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

__all__ = ["CONTEXT_LINES", "matching", "unified"]

CONTEXT_LINES: Final = 3
_EXACT_CELLS: Final = 250_000
"""A gap of so many pairs of lines is compared exactly."""
_EXACT_IN_ALL: Final = 8_000_000
"""And all of them together have so many."""
_NO_NEWLINE: Final = "\\ No newline at end of file\n"

Block = tuple[int, int, int]
"""Lines that both have: where in the first, where in the second, how many."""
Span = tuple[int, int, int, int]
Code = tuple[str, int, int, int, int]
"""What becomes of lines of the first: `equal`, `replace`, `delete` or `insert`; from and to in both."""


def unified(left: str, right: str, *, left_name: str, right_name: str) -> str:
    """The unified diff; empty when they are equal. Lines end at line feeds and at nothing else."""
    if left == right:
        return ""
    one, two = _lines(left), _lines(right)
    out = [f"--- {left_name}\n", f"+++ {right_name}\n"]
    for group in _hunks(_opcodes(matching(one, two), len(one), len(two))):
        first, last = group[0], group[-1]
        out.append(f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n")
        for tag, a, b, c, d in group:
            if tag == "equal":
                out += [f" {_ended(line)}" for line in one[a:b]]
            else:
                out += [f"-{_ended(line)}" for line in one[a:b]]
                out += [f"+{_ended(line)}" for line in two[c:d]]
    return "".join(out)


def matching(one: Sequence[str], two: Sequence[str]) -> list[Block]:
    """The runs of lines that both have, in order, none overlapping."""
    numbers: dict[str, int] = {}
    a = [numbers.setdefault(line, len(numbers)) for line in one]
    b = [numbers.setdefault(line, len(numbers)) for line in two]
    budget = _EXACT_IN_ALL
    found: list[Block] = []
    waiting: list[Span] = [(0, len(a), 0, len(b))]
    while waiting:
        a0, a1, b0, b1 = waiting.pop()
        head = _common(a, b, a0, b0, min(a1 - a0, b1 - b0))
        found += [(a0, b0, head)] if head else []
        a0, b0 = a0 + head, b0 + head
        tail = _common_tail(a, b, a1, b1, min(a1 - a0, b1 - b0))
        a1, b1 = a1 - tail, b1 - tail
        found += [(a1, b1, tail)] if tail else []
        if a0 == a1 or b0 == b1:
            continue
        anchors = _anchors(a, b, (a0, a1, b0, b1))
        if anchors:
            waiting += _between(anchors, (a0, a1, b0, b1))
            found += [(i, j, 1) for i, j in anchors]
        elif (cells := (a1 - a0) * (b1 - b0)) <= min(_EXACT_CELLS, budget):
            budget -= cells
            exact = difflib.SequenceMatcher(None, a[a0:a1], b[b0:b1], autojunk=False)
            found += [(a0 + i, b0 + j, n) for i, j, n in exact.get_matching_blocks() if n]
    return _joined(sorted(found))


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"


def _range(start: int, stop: int) -> str:
    length = stop - start
    return f"{start + 1 if length else start}" if length == 1 else f"{start + 1 if length else start},{length}"


def _common(a: Sequence[int], b: Sequence[int], i: int, j: int, most: int) -> int:
    n = 0
    while n < most and a[i + n] == b[j + n]:
        n += 1
    return n


def _common_tail(a: Sequence[int], b: Sequence[int], i: int, j: int, most: int) -> int:
    n = 0
    while n < most and a[i - 1 - n] == b[j - 1 - n]:
        n += 1
    return n


def _anchors(a: Sequence[int], b: Sequence[int], span: Span) -> list[tuple[int, int]]:
    """Lines that are unique in both parts: the longest run of them that stands in the same order."""
    a0, a1, b0, b1 = span
    in_a, in_b = Counter(a[a0:a1]), Counter(b[b0:b1])
    where = {b[j]: j for j in range(b0, b1) if in_b[b[j]] == 1}
    pairs = [(i, where[a[i]]) for i in range(a0, a1) if in_a[a[i]] == 1 and a[i] in where]
    return _longest_rising(pairs)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        before.append(piles[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(j)
            piles.append(number)
        else:
            tops[pile], piles[pile] = j, number
    chain: list[tuple[int, int]] = []
    at = piles[-1] if piles else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _between(anchors: Sequence[tuple[int, int]], span: Span) -> Iterator[Span]:
    a0, a1, b0, b1 = span
    for i, j in anchors:
        if i > a0 and j > b0:
            yield (a0, i, b0, j)
        a0, b0 = i + 1, j + 1
    if a1 > a0 and b1 > b0:
        yield (a0, a1, b0, b1)


def _joined(blocks: Sequence[Block]) -> list[Block]:
    joined: list[Block] = []
    for i, j, n in blocks:
        if joined and (joined[-1][0] + joined[-1][2], joined[-1][1] + joined[-1][2]) == (i, j):
            joined[-1] = (joined[-1][0], joined[-1][1], joined[-1][2] + n)
        else:
            joined.append((i, j, n))
    return joined


def _opcodes(blocks: Sequence[Block], left: int, right: int) -> list[Code]:
    codes: list[Code] = []
    i = j = 0
    for a, b, n in [*blocks, (left, right, 0)]:
        if i < a or j < b:
            codes.append(("replace" if i < a and j < b else "delete" if i < a else "insert", i, a, j, b))
        if n:
            codes.append(("equal", a, a + n, b, b + n))
        i, j = a + n, b + n
    return codes


def _hunks(codes: Sequence[Code]) -> Iterator[list[Code]]:
    """What changes, with its context; changes that are near each other go together."""
    hunk: list[Code] = []
    for number, (tag, a, b, c, d) in enumerate(codes):
        if tag != "equal":
            hunk.append((tag, a, b, c, d))
            continue
        after = min(CONTEXT_LINES, b - a) if number else 0
        before = min(CONTEXT_LINES, b - a) if number < len(codes) - 1 else 0
        if hunk and before and b - a <= 2 * CONTEXT_LINES:
            hunk.append((tag, a, b, c, d))
            continue
        if hunk:
            yield [*hunk, ("equal", a, a + after, c, c + after)]
        hunk = [("equal", b - before, b, d - before, d)] if before else []
    if hunk and hunk[-1][0] != "equal":
        yield hunk
