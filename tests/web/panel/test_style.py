"""Ink on ground is legible in the light and in the dark: 4.5 to 1, as WCAG 2.2 AA asks of text."""

import re

import pytest

from servicehost.web.panel.files import page_files

CSS = page_files()["panel.css"].content.decode()
PAIRS = [
    *(("ink", ground) for ground in ("ground", "sheet", "bad-ground", "fresh")),
    *(("quiet", ground) for ground in ("ground", "sheet", "bad-ground", "fresh")),
    *((tone, f"{tone}-ground") for tone in ("good", "bad", "warn", "busy", "calm")),
    *((tone, "sheet") for tone in ("good", "bad", "warn", "busy", "accent")),
    ("accent", "bad-ground"),
    ("on-accent", "accent"),
]


def colours(scheme: str) -> dict[str, str]:
    light, _, dark = CSS.partition("@media (prefers-color-scheme: dark)")
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark if scheme == "dark" else light))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_every_ink_can_be_read_on_its_ground(scheme: str, ink: str, ground: str) -> None:
    known = colours(scheme)
    bright, dim = sorted((luminance(known[ink]), luminance(known[ground])), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= 4.5


def test_both_schemes_name_every_colour() -> None:
    assert set(colours("light")) == set(colours("dark"))


def test_no_file_of_the_page_names_another_host() -> None:
    for name, file in page_files().items():
        text = file.content.decode().replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, name
        assert "@import" not in text, name
