"""A rollover as it lies in the authority's folder: every step is one rename or can be taken again.

    next/       the authority to come, as the folder itself is laid out, with begun.json; whole from its first moment
    next/turned-back        there while the rollover is being abandoned
    ending/     what was next/: the end is decided, and its files are on their way up into the folder
    dropping/   what was next/: abandoned, on its way out
    retired-*/  the files of an authority that has left, for whoever wants them; nothing reads them

The new root has the old one's subject. Signed by the old root it is then self-issued, as RFC 5280 has it for a change
of key, and does not count against the old root's path length.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from servicehost.backends.authority.files import (
    CROSS,
    ISSUING,
    ISSUING_KEY,
    ROOT,
    ROOT_KEY,
    read_certificate,
    sync_folder,
    write_authority,
)
from servicehost.backends.authority.key_files import AuthorityFileError, FileFault, read_key, write_public
from servicehost.backends.authority.profiles import BACKDATED, ROOT_LIFE, authority_name, authority_profile
from servicehost.backends.authority.signing import fingerprint, pem, sign
from servicehost.domain.instant import from_datetime
from servicehost.domain.rollover import Rollover, Towards

__all__ = ["NEXT", "begin", "drop", "end", "read_rollover", "settle", "turn_back"]

NEXT: Final = "next"
_ENDING: Final = "ending"
_DROPPING: Final = "dropping"
_TURNED_BACK: Final = "turned-back"
_BEGUN: Final = "begun.json"
_RETIRED: Final = "retired-"
_DRAFT: Final = ".draft-"
_FILES: Final = (ROOT_KEY, ISSUING_KEY, ISSUING, ROOT, CROSS)


class _Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What begun.json holds."""

    at: int
    by: str
    present: str
    next: str
    cross_signed: bool


def read_rollover(folder: Path) -> Rollover | None:
    """The rollover under way. Raises AuthorityFileError."""
    begun = _read_begun(folder / NEXT)
    if begun is None:
        return None
    return Rollover(
        begun_at=begun.at,
        begun_by=begun.by,
        present=begun.present,
        next=begun.next,
        towards=Towards.PRESENT if (folder / NEXT / _TURNED_BACK).exists() else Towards.NEXT,
        cross_signed=begun.cross_signed,
    )


def begin(folder: Path, *, now: datetime, by: str, passphrase: bytes | None) -> None:
    """Make `next/`, or, if it is there, go forward again. Raises AuthorityFileError.

    The root's key, if it is in the folder, signs the new root: without it nothing vouches for that.
    """
    settle(folder)
    with _naming(folder):
        (folder / NEXT / _TURNED_BACK).unlink(missing_ok=True)
        if (folder / NEXT).exists():
            sync_folder(folder / NEXT)
            return
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=folder))
        _write_next(folder, draft, now, by, passphrase)
        sync_folder(draft)
        draft.rename(folder / NEXT)
        sync_folder(folder)


def turn_back(folder: Path) -> None:
    """Mark `next/` as abandoned. Nothing happens where there is none. Raises AuthorityFileError."""
    with _naming(folder):
        if (folder / NEXT).exists():
            (folder / NEXT / _TURNED_BACK).touch(mode=0o600)
            sync_folder(folder / NEXT)


def end(folder: Path) -> None:
    """Put the authority to come in the present one's place. Raises AuthorityFileError."""
    _decide(folder, _ENDING)


def drop(folder: Path) -> None:
    """Do away with the authority to come. Raises AuthorityFileError."""
    _decide(folder, _DROPPING)


def _decide(folder: Path, decision: str) -> None:
    settle(folder)
    with _naming(folder):
        if (folder / NEXT).exists():
            (folder / NEXT).rename(folder / decision)
            sync_folder(folder)
    settle(folder)


def settle(folder: Path) -> None:
    """Carry out what was decided and interrupted, and clear away what was never finished. Raises AuthorityFileError.

    To be called before the folder is read. One process at a time may work on a folder.
    """
    with _naming(folder):
        if (folder / _ENDING).exists():
            _move_up(folder)
        if (folder / _DROPPING).exists():
            shutil.rmtree(folder / _DROPPING)
        for left_over in folder.glob(f"{_DRAFT}*"):
            shutil.rmtree(left_over)


def _write_next(folder: Path, draft: Path, now: datetime, by: str, passphrase: bytes | None) -> None:
    present = read_certificate(folder / ROOT)
    issuing_name = authority_name(f"{_stem(present.subject)} issuing {now:%Y-%m-%d}")
    root = write_authority(draft, now, passphrase, present.subject, issuing_name)
    cross = _cross_signed(folder, root, present, now, passphrase)
    if cross is not None:
        write_public(draft / CROSS, pem(cross))
    begun = _Begun(
        at=from_datetime(now),
        by=by,
        present=fingerprint(present),
        next=fingerprint(root),
        cross_signed=cross is not None,
    )
    write_public(draft / _BEGUN, msgspec.json.encode(begun).decode("ascii"))


def _stem(subject: x509.Name) -> str:
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = str(names[0].value) if names else "Service host"
    return name.removesuffix(" root")[:40]


def _cross_signed(
    folder: Path, root: x509.Certificate, present: x509.Certificate, now: datetime, passphrase: bytes | None
) -> x509.Certificate | None:
    if not (folder / ROOT_KEY).exists():
        return None
    key = read_key(folder / ROOT_KEY, passphrase)
    if key.public_key() != present.public_key():
        text = f"is not the key of {ROOT}: restore the two from one backup, or move this one away"
        raise AuthorityFileError(FileFault.KEY_MISMATCH, folder / ROOT_KEY, text)
    own = root.public_key()
    assert isinstance(own, ec.EllipticCurvePublicKey)  # noqa: S101 - it was made a moment ago
    profile = authority_profile(own, root.subject, below=1)
    not_after = min(now + ROOT_LIFE, present.not_valid_after_utc)
    return sign(profile, issuer=present.subject, key=key, not_before=now - BACKDATED, not_after=not_after)


def _move_up(folder: Path) -> None:
    ending = folder / _ENDING
    begun = _read_begun(ending)
    if begun is not None:
        retired = folder / f"{_RETIRED}{begun.present[:16]}"
        _retire(folder, retired)
        for name in _FILES:
            if (ending / name).exists():
                (ending / name).replace(folder / name)
            elif _same(folder / name, retired / name):
                # What the authority to come lacks must not be completed by the one that leaves.
                (folder / name).unlink()
        sync_folder(folder)
        (ending / _BEGUN).unlink()
    shutil.rmtree(ending)
    sync_folder(folder)


def _retire(folder: Path, retired: Path) -> None:
    """Copies of the present files, all of them or none."""
    if retired.exists():
        return
    draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=folder))
    for name in _FILES:
        if (folder / name).exists():
            shutil.copy2(folder / name, draft / name)
    sync_folder(draft)
    draft.rename(retired)
    sync_folder(folder)


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.read_bytes() == other.read_bytes()


def _read_begun(place: Path) -> _Begun | None:
    try:
        return msgspec.json.decode((place / _BEGUN).read_bytes(), type=_Begun)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        text = f"cannot be read: {error}; restore the authority's folder from a backup"
        raise AuthorityFileError(FileFault.UNREADABLE, place / _BEGUN, text) from error


@contextmanager
def _naming(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = f"{error.filename or 'a file'}: {error.strerror}; free space or mend the rights, then do it again"
        raise AuthorityFileError(FileFault.UNWRITABLE, folder, text) from error
