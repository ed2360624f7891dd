"""What units say, in short forms."""

from typing import Any

from protocol.messages import ConfigProgress, FailedMark, Hello, Mark, ModuleState, OfferedMark
from servicehost.operations.phone_home import Call, HostIdentity
from servicehost.ports.desk import Caller, Fence
from tests.builders.estate import DIGEST, Estate

__all__ = ["US", "a_call", "a_caller", "a_fence", "a_hello", "a_mark", "a_progress", "failed_mark", "offered_mark"]

US = HostIdentity(host="h", run=1)


def a_caller(distribution_id: str) -> Caller:
    return Caller(
        distribution_id=distribution_id,
        model_serial="M1-S1",
        certificate="ab" * 32,
        remote_address="192.0.2.1",
        tls_version="TLSv1.3",
    )


def a_hello(*modules: ModuleState, **fields: Any) -> Hello:
    return Hello(**({"firmware": "1.0", "boot_id": "boot", "boot_cause": "reboot", "modules": modules} | fields))


def a_call(distribution_id: str, *modules: ModuleState, **fields: Any) -> Call:
    return Call(caller=a_caller(distribution_id), hello=a_hello(*modules, **fields))


def a_fence(estate: Estate, epoch: int) -> Fence:
    return Fence(
        unit_id=estate.unit.unit_id,
        epoch=epoch,
        binding=estate.binding.number,
        service_code=estate.service_code,
        management_code=estate.management_code,
    )


def a_mark(digest: str = DIGEST, revision: int = 1) -> Mark:
    return Mark(revision=revision, digest=digest)


def failed_mark(push: int, reason: str, digest: str = DIGEST) -> FailedMark:
    return FailedMark(revision=1, digest=digest, push=push, reason=reason)


def offered_mark(push: int, digest: str = DIGEST) -> OfferedMark:
    return OfferedMark(revision=1, digest=digest, push=push)


def a_progress(push: int, phase: Any, **fields: Any) -> ConfigProgress:
    return ConfigProgress(**({"push": push, "revision": 1, "digest": DIGEST, "phase": phase} | fields))
