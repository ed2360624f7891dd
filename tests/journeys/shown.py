"""What units may come with at the adapters' door, right or wrong: how each certificate of the table is made."""

import datetime as dt
import functools
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from protocol.identity import DistributionId, unit_urn
from protocol.messages import Hello
from servicehost.domain.contract import EVERYTHING
from servicehost.ports.store import Batch
from tests.builders.certificates import (
    SERVER_AUTH,
    YEAR,
    Authority,
    Credential,
    Key,
    begin,
    common_name,
    signer,
    theirs,
)
from tests.journeys.hall import MODEL, Hall, Shown, serial_of

__all__ = ["CASES", "ELSEWHERE", "Make", "standby"]

ELSEWHERE = "wss://elsewhere.example/session"
Make: TypeAlias = Callable[[Hall], Awaitable[Shown]]


# -- what TLS refuses -----------------------------------------------------------------------------------------------


async def none(hall: Hall) -> Shown:
    return Shown(await hall.standby(), None)


async def foreign(hall: Hall) -> Shown:
    unit = await hall.standby()
    return Shown(unit, theirs().unit(unit))


async def foreign_in_our_names(hall: Hall) -> Shown:
    """An authority that calls itself as ours does, with keys of its own."""
    unit = await hall.standby()
    root = signer("Service host root", None, path_length=1, now=hall.authority.now)
    issuing = signer("Service host issuing", root, path_length=0, now=hall.authority.now)
    return Shown(unit, Authority(root=root, issuing=issuing, now=hall.authority.now).unit(unit))


async def signed_by_itself(hall: Hall) -> Shown:
    unit = await hall.standby()
    key = ec.generate_private_key(ec.SECP256R1())
    builder = begin(common_name(unit), key, None, not_before=hall.authority.now, life=YEAR)
    return Shown(unit, Credential(key=key, certificate=builder.sign(key, hashes.SHA256())))


async def birth(hall: Hall) -> Shown:
    """Though it is trusted at the bootstrap door, and bears the names that ours would."""
    unit = await hall.standby()
    return Shown(unit, hall.born(unit))


def in_between(hall: Hall) -> Authority:
    """Another issuing authority under our root, which the host has never heard of."""
    issuing = signer("Between", hall.authority.root, path_length=0, now=hall.authority.now)
    return Authority(root=hall.authority.root, issuing=issuing, now=hall.authority.now)


async def chain_missing(hall: Hall) -> Shown:
    unit = await hall.standby()
    return Shown(unit, in_between(hall).unit(unit, with_issuer=False))


async def forged(hall: Hall) -> Shown:
    """Ours to the last byte but one: the signature does not hold."""
    unit = await hall.standby()
    good = hall.authority.unit(unit)
    der = good.der[:-1] + bytes([good.der[-1] ^ 1])
    return Shown(unit, Credential(key=good.key, certificate=x509.load_der_x509_certificate(der), chain=good.chain))


async def for_servers(hall: Hall) -> Shown:
    unit = await hall.standby()
    return Shown(unit, hall.authority.unit(unit, usages=(SERVER_AUTH,)))


async def for_encryption(hall: Hall) -> Shown:
    unit = await hall.standby()
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return Shown(unit, hall.authority.unit(unit, key_usage=usage))


async def weak(hall: Hall) -> Shown:
    unit = await hall.standby()
    key = rsa.generate_private_key(65537, 1024)  # noqa: S505 - it must be refused
    return Shown(unit, hall.authority.unit(unit, key=key))


# -- what the dates and names are refused for -----------------------------------------------------------------------


async def expired(hall: Hall) -> Shown:
    unit = await hall.standby()
    return Shown(unit, hall.authority.expired_unit(unit), unit)


async def expired_today(hall: Hall) -> Shown:
    """Ten minutes ago, which is more than clocks may differ by."""
    unit = await hall.standby()
    ends = dt.datetime.fromtimestamp(hall.clock.wall() / 1000, dt.UTC) - dt.timedelta(minutes=10)
    return Shown(unit, hall.authority.unit(unit, starts=ends - YEAR - hall.authority.now), unit)


async def not_yet_valid(hall: Hall) -> Shown:
    unit = await hall.standby()
    return Shown(unit, hall.authority.unit_not_yet_valid(unit), unit)


def named(hall: Hall, subject: x509.Name, name: x509.GeneralName) -> Credential:
    """Of ours, but with these names."""
    key, ours = ec.generate_private_key(ec.SECP256R1()), hall.authority
    builder = begin(subject, key, ours.issuing, not_before=ours.now, life=YEAR)
    builder = builder.add_extension(x509.SubjectAlternativeName([name]), critical=False)
    return Credential(key=key, certificate=builder.sign(ours.issuing.key, hashes.SHA256()))


async def names_no_unit(hall: Hall) -> Shown:
    unit = await hall.standby()
    subject = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, f"{MODEL}-{serial_of(unit)}")])
    return Shown(unit, named(hall, subject, x509.DNSName("unit.example")))


async def names_no_box(hall: Hall) -> Shown:
    unit = await hall.standby()
    urn = x509.UniformResourceIdentifier(unit_urn(DistributionId(unit)))
    return Shown(unit, named(hall, common_name("a unit"), urn))


# -- what is known of the certificate and of its unit ---------------------------------------------------------------


async def unknown_unit(hall: Hall) -> Shown:
    unit = hall.nobody()
    return Shown(unit, hall.authority.unit(unit), unit)


async def its_key_under_another_number(hall: Hall) -> Shown:
    """The key of the certificate that the unit was given, in one of ours that is on no record."""
    unit = await hall.standby()
    given = await hall.issued(unit)
    return Shown(unit, hall.authority.unit(unit, key=given.key), unit)


async def another_key(hall: Hall) -> Shown:
    unit = await hall.standby()
    await hall.issued(unit)
    return Shown(unit, hall.authority.unit(unit), unit)


async def revoked_with_its_unit(hall: Hall) -> Shown:
    unit, _ = await hall.serving()
    credential = await hall.issued(unit)
    await hall.api.post(f"units/{unit}/revocation", {"reason": "key_compromise"})
    return Shown(unit, credential, unit)


async def revoked_alone(hall: Hall) -> Shown:
    unit = await hall.standby()
    credential = await hall.issued(unit)
    await hall.revoke(credential)
    return Shown(unit, credential, unit)


async def duplicate(hall: Hall) -> Shown:
    """Two boxes take the session from each other until both are held."""
    unit, _ = await hall.serving()
    credential = await hall.issued(unit)
    async with AsyncExitStack() as boxes:
        for boot in ("a", "b", "a"):
            await (await boxes.enter_async_context(hall.raw(credential))).greet(boot_id=boot)
        last = await boxes.enter_async_context(hall.raw(credential))
        last.say(Hello(firmware="4.2", boot_id="b"))
        assert (await last.refusal()).reason == "duplicate"
    return Shown(unit, credential, unit)


async def moved(hall: Hall) -> Shown:
    unit, _ = await hall.serving()
    await hall.api.put(f"units/{unit}/hosts", {"hosts": [ELSEWHERE]})
    return Shown(unit, await hall.issued(unit), unit)


async def replaced(hall: Hall) -> Shown:
    unit, _ = await hall.serving()
    credential = await hall.issued(unit)

    def swapped(batch: Batch) -> None:
        old = batch.unit(unit)
        assert old is not None
        binding = batch.binding_of_unit(old.unit_id)
        assert binding is not None
        batch.unbind(binding.number, hall.clock.wall(), "exchange", replaced=True)

    await hall.host.truth.store.batch(EVERYTHING, swapped)
    return Shown(unit, credential, unit)


def whose_life(life: str) -> Make:
    async def make(hall: Hall) -> Shown:
        unit = await hall.standby()
        credential = await hall.issued(unit)
        await hall.lives(unit, life)
        return Shown(unit, credential, unit)

    return make


async def stolen_in_service(hall: Hall) -> Shown:
    unit, _ = await hall.serving()
    credential = await hall.issued(unit)
    await hall.lives(unit, "stolen")
    return Shown(unit, credential, unit)


async def contract_ended(hall: Hall) -> Shown:
    unit, service_code = await hall.serving()
    await hall.api.put(f"adapters/{service_code}/end", {"reason": "given up"})
    return Shown(unit, await hall.issued(unit), unit)


# -- who is let in --------------------------------------------------------------------------------------------------


def serving(new_key: Callable[[], Key], *, chain: bool = True) -> Make:
    async def make(hall: Hall) -> Shown:
        unit, _ = await hall.serving()
        return Shown(unit, await hall.issued(unit, new_key(), chain=chain), unit)

    return make


async def standby(hall: Hall) -> Shown:
    unit = await hall.standby()
    return Shown(unit, await hall.issued(unit), unit)


async def for_nothing_in_particular(hall: Hall) -> Shown:
    """Without `extendedKeyUsage`: good for anything."""
    unit = await hall.standby()
    return Shown(unit, hall.authority.unit(unit, usages=()), unit)


async def chain_sent(hall: Hall) -> Shown:
    unit = await hall.standby()
    return Shown(unit, in_between(hall).unit(unit), unit)


async def of_another(hall: Hall) -> Shown:
    unit, other = await hall.standby(), await hall.standby()
    return Shown(unit, await hall.issued(other), other)


def ec_key(curve: ec.EllipticCurve) -> Callable[[], Key]:
    return lambda: ec.generate_private_key(curve)


def rsa_key(bits: int) -> Callable[[], Key]:
    """Made once: it takes its time."""
    return functools.cache(lambda: rsa.generate_private_key(65537, bits))


CASES: dict[str, dict[str, Make]] = {
    "none": {"": none},
    "foreign": {"": foreign, "in our names": foreign_in_our_names, "signed by itself": signed_by_itself},
    "birth": {"": birth},
    "chain_missing": {"": chain_missing},
    "forged": {"": forged},
    "wrong_usage": {"for servers": for_servers, "for encryption": for_encryption},
    "weak": {"": weak},
    "expired": {"a year ago": expired, "ten minutes ago": expired_today},
    "not_yet_valid": {"": not_yet_valid},
    "names_no_unit": {"": names_no_unit},
    "names_no_box": {"": names_no_box},
    "unknown_unit": {"": unknown_unit},
    "not_on_record": {"its own key": its_key_under_another_number, "another key": another_key},
    "revoked": {"with its unit": revoked_with_its_unit, "alone": revoked_alone},
    "duplicate": {"": duplicate},
    "moved": {"": moved},
    "replaced": {"": replaced},
    "returned": {"": whose_life("returned")},
    "retired": {"": whose_life("retired")},
    "lost": {"": whose_life("lost")},
    "stolen": {"in stock": whose_life("stolen"), "in service": stolen_in_service},
    "contract_ended": {"": contract_ended},
    "serving": {
        "P-256": serving(ec_key(ec.SECP256R1())),
        "P-384": serving(ec_key(ec.SECP384R1())),
        "RSA 2048": serving(rsa_key(2048)),
        "RSA 3072": serving(rsa_key(3072)),
        "without the chain": serving(ec_key(ec.SECP256R1()), chain=False),
    },
    "standby": {"": standby, "for nothing in particular": for_nothing_in_particular},
    "chain_sent": {"": chain_sent},
    "forgotten": {"its own key": its_key_under_another_number, "another key": another_key},
    "of_another": {"": of_another},
}
"""By the row of `protocol.refusals`, and by the way in which it is made."""
