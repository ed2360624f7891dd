"""The folder of a rollover: what each step leaves, and that a step killed anywhere can be taken again."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from servicehost.backends.authority import succession
from servicehost.backends.authority.files import (
    CROSS,
    ISSUING,
    ISSUING_KEY,
    ROOT,
    ROOT_KEY,
    create_authority,
    load_issuer,
)
from servicehost.backends.authority.key_files import AuthorityFileError, FileFault
from servicehost.backends.authority.rolling import FilesAuthority
from servicehost.backends.authority.signing import fingerprint
from servicehost.domain.errors import Conflict
from servicehost.domain.rollover import Towards
from tests.builders.authority import MODEL_SERIAL, NOW, UNIT, request_by
from tests.builders.openssl import openssl, text_of

LATER = NOW + timedelta(days=30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_authority(tmp_path / "authority", now=NOW)
    return tmp_path / "authority"


def begin(folder: Path, passphrase: bytes | None = None) -> None:
    succession.begin(folder, now=LATER, by="dora", passphrase=passphrase)


def root_of(folder: Path) -> str:
    return fingerprint(load_issuer(folder).root)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def unit_certificate(authority: FilesAuthority) -> str:
    """The anchor it leads to."""
    csr = request_by(ec.generate_private_key(ec.SECP256R1()))
    issued = await authority.issue_unit(csr, distribution_id=UNIT, model_serial=MODEL_SERIAL, now=LATER)
    return issued.anchor


async def test_both_anchors_are_in_force_and_units_certificates_come_from_the_next(folder: Path) -> None:
    authority = FilesAuthority(folder)
    present = root_of(folder)
    assert (authority.rollover(), await unit_certificate(authority)) == (None, present)
    rollover = await authority.begin(now=LATER, by="dora")
    assert (rollover.present, rollover.towards, rollover.cross_signed) == (present, Towards.NEXT, True)
    assert (await authority.anchors_pem()).count("BEGIN CERTIFICATE") == 2
    assert (await authority.chain_pem()).count("BEGIN CERTIFICATE") == 2
    assert await unit_certificate(authority) == rollover.next
    csr = request_by(ec.generate_private_key(ec.SECP256R1()))
    door = await authority.issue_host(csr, names=["a.example"], addresses=[], now=LATER)
    assert door.anchor == present
    assert FilesAuthority(folder).rollover() == await authority.begin(now=NOW, by="somebody else") == rollover


async def test_the_end_leaves_the_next_anchor_and_the_way_to_it_from_the_old_one(folder: Path, tmp_path: Path) -> None:
    old_root = shutil.copy(folder / ROOT, tmp_path / "old-root.pem")
    authority = FilesAuthority(folder)
    rollover = await authority.begin(now=LATER, by="dora")
    await authority.finish()
    assert (authority.rollover(), root_of(folder), await unit_certificate(authority)) == (
        None,
        rollover.next,
        rollover.next,
    )
    retired = f"retired-{rollover.present[:16]}"
    assert names_in(folder) == {ROOT, ROOT_KEY, ISSUING, ISSUING_KEY, CROSS, retired}
    assert root_of(folder / retired) == rollover.present
    assert all((folder / retired / name).stat().st_mode & 0o077 == 0 for name in (ROOT_KEY, ISSUING_KEY))
    door = await authority.issue_host(
        request_by(ec.generate_private_key(ec.SECP256R1())), names=["a.example"], addresses=[], now=LATER
    )
    (tmp_path / "leaf.pem").write_text(door.leaf_pem)
    (tmp_path / "chain.pem").write_text(door.chain_pem)
    moment = str(int(LATER.timestamp()))
    for root in (old_root, folder / ROOT):
        trust = ("-CAfile", root, "-untrusted", tmp_path / "chain.pem")
        openssl("verify", "-x509_strict", "-attime", moment, *trust, "-purpose", "sslserver", tmp_path / "leaf.pem")


async def test_without_the_roots_key_nothing_vouches_for_the_next_root(folder: Path) -> None:
    (folder / ROOT_KEY).unlink()
    authority = FilesAuthority(folder)
    assert (await authority.begin(now=LATER, by="dora")).cross_signed is False
    await authority.finish()
    assert CROSS not in names_in(folder)


async def test_a_second_rollover_leaves_nothing_of_the_first(folder: Path) -> None:
    authority = FilesAuthority(folder)
    await authority.begin(now=LATER, by="dora")
    await authority.finish()
    (folder / ROOT_KEY).unlink()
    second = await authority.begin(now=LATER, by="dora")
    await authority.finish()
    assert root_of(folder) == second.next
    assert CROSS not in names_in(folder)
    assert (folder / ROOT_KEY).exists()


async def test_a_next_root_key_kept_elsewhere_does_not_leave_the_old_one_beside_the_new_root(folder: Path) -> None:
    authority = FilesAuthority(folder)
    await authority.begin(now=LATER, by="dora")
    (folder / "next" / ROOT_KEY).unlink()
    await authority.finish()
    assert ROOT_KEY not in names_in(folder)


async def test_a_rollover_turned_back_issues_under_the_present_anchor_and_is_dropped_at_its_end(folder: Path) -> None:
    authority = FilesAuthority(folder)
    present = root_of(folder)
    assert await authority.turn_back() is None
    await authority.begin(now=LATER, by="dora")
    turned = await authority.turn_back()
    assert turned is not None
    assert (turned.stays, turned.leaves == turned.next, await unit_certificate(authority)) == (present, True, present)
    assert (await authority.anchors_pem()).count("BEGIN CERTIFICATE") == 2
    assert (await authority.begin(now=LATER, by="dora")).towards is Towards.NEXT
    await authority.turn_back()
    await authority.finish()
    await authority.finish()
    assert (root_of(folder), names_in(folder)) == (present, {ROOT, ROOT_KEY, ISSUING, ISSUING_KEY})


async def test_the_next_authority_is_under_the_same_passphrase(tmp_path: Path) -> None:
    create_authority(tmp_path / "authority", now=NOW, passphrase=b"correct horse")
    authority = FilesAuthority(tmp_path / "authority", passphrase=b"correct horse")
    await authority.begin(now=LATER, by="dora")
    for key in (ROOT_KEY, ISSUING_KEY):
        assert b"ENCRYPTED" in (tmp_path / "authority" / "next" / key).read_bytes()
    await authority.finish()
    FilesAuthority(tmp_path / "authority", passphrase=b"correct horse")


async def test_another_authoritys_root_key_begins_nothing(folder: Path, tmp_path: Path) -> None:
    create_authority(tmp_path / "other", now=NOW)
    shutil.copy(tmp_path / "other" / ROOT_KEY, folder / ROOT_KEY)
    with pytest.raises(AuthorityFileError) as caught:
        begin(folder)
    assert caught.value.code is FileFault.KEY_MISMATCH
    authority = FilesAuthority(folder)
    with pytest.raises(Conflict, match="restore the two from one backup"):
        await authority.begin(now=LATER, by="dora")
    assert authority.rollover() is None
    assert names_in(folder) == {ROOT, ROOT_KEY, ISSUING, ISSUING_KEY}


def test_the_roots_share_a_name_and_the_crossed_one_is_self_issued(folder: Path) -> None:
    begin(folder)
    names = {
        line
        for path in (folder / ROOT, folder / "next" / ROOT, folder / "next" / CROSS)
        for line in text_of(path).splitlines()
        if "Subject:" in line or "Issuer:" in line
    }
    assert len({line.split(":", 1)[1] for line in names}) == 1


# -- killed at any instant ------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process is gone: nothing that follows in it is done."""


@contextmanager
def killed_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The process ends before its step number `steps` on the disk: every rename, removal, copy, new file and sync."""
    taken = [0]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            if taken[0] >= steps:
                raise Killed
            taken[0] += 1
            return real(*arguments, **named)

        return step

    with monkeypatch.context() as patch:
        for owner, name in (
            (os, "fsync"),
            (os, "rename"),
            (os, "replace"),
            (os, "unlink"),
            (os, "rmdir"),
            (os, "mkdir"),
            (os, "open"),
            (shutil, "copy2"),
        ):
            patch.setattr(owner, name, counted(getattr(owner, name)))
        yield taken


def turned_back(folder: Path) -> None:
    begin(folder)
    succession.turn_back(folder)


def begun_again(folder: Path) -> None:
    begin(folder)
    succession.end(folder)
    begin(folder)


def untouched(folder: Path) -> None:
    pass


STEPS: dict[str, tuple[Callable[[Path], None], Callable[[Path], None]]] = {
    "begin": (untouched, begin),
    "turn back": (begin, succession.turn_back),
    "go forward again": (turned_back, begin),
    "end": (begin, succession.end),
    "drop": (begin, succession.drop),
    "end a second one": (begun_again, succession.end),
}


def standing(folder: Path) -> tuple[object, ...]:
    rollover = succession.read_rollover(folder)
    towards = None if rollover is None else rollover.towards
    here = {name for name in names_in(folder) if not name.startswith("retired-")}
    return towards, here, len(names_in(folder)) - len(here)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_instant_leaves_an_authority_that_loads_and_can_be_taken_again(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare, step = STEPS[name]
    template = tmp_path / "template"
    create_authority(template, now=NOW)
    prepare(template)
    before = root_of(template)
    whole = tmp_path / "whole"
    shutil.copytree(template, whole)
    step(whole)
    wanted, moves = standing(whole), root_of(whole) != before
    kills = 0
    while True:
        folder = tmp_path / f"killed-{kills}"
        shutil.copytree(template, folder)
        try:
            with killed_after(kills, monkeypatch):
                step(folder)
        except Killed:
            FilesAuthority(folder)  # what a start does: it settles what was decided, and loads
            assert not list(folder.glob(".draft-*"))
            step(folder)
        else:
            break
        finally:
            kills += 1
        assert standing(folder) == wanted, f"killed before step {kills - 1}"
        assert (root_of(folder) != before) == moves
    assert kills > 2, "nothing was killed"


def test_the_killed_step_is_noticed_when_it_is_not_settled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above would fail for a step that cannot be resumed."""
    begin(folder)
    monkeypatch.setattr(succession, "_move_up", partial(_moves_only_half))
    succession.end(folder)
    with pytest.raises(AuthorityFileError):
        load_issuer(folder)


def _moves_only_half(folder: Path) -> None:
    (folder / "ending" / ISSUING_KEY).replace(folder / ISSUING_KEY)
