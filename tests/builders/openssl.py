"""A unit as a stranger would build it: with the openssl command and none of our code."""

import subprocess
from datetime import datetime
from pathlib import Path

__all__ = ["make_csr", "openssl", "text_of", "verify"]


def openssl(*arguments: str | Path, stdin: bytes | None = None) -> bytes:
    """Run openssl; its standard output. A failure fails the test with what openssl said."""
    done = subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, f"openssl {arguments}: {done.stderr.decode()}"
    return done.stdout


def make_csr(folder: Path, *, key: tuple[str, ...], subject: str = "/CN=anything", more: tuple[str, ...] = ()) -> bytes:
    """A fresh private key in `folder`/key.pem and the DER of a request signed by it."""
    openssl("genpkey", "-out", folder / "key.pem", *key)
    return openssl("req", "-new", "-key", folder / "key.pem", "-subj", subject, "-outform", "DER", *more)


def verify(leaf: Path, *, root: Path, chain: Path, purpose: str, at: datetime) -> None:
    """`openssl verify`, strictly, for a purpose (sslclient, sslserver) and a moment; the test fails unless it is OK."""
    moment = str(int(at.timestamp()))
    trust = ("-CAfile", root, "-untrusted", chain)
    openssl("verify", "-x509_strict", "-attime", moment, *trust, "-purpose", purpose, leaf)


def text_of(certificate: Path) -> str:
    return openssl("x509", "-in", certificate, "-noout", "-text").decode()
