"""Token buckets, one for each key: how often somebody may try something. Time is an argument, memory is bounded."""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

import msgspec

__all__ = ["Bucket", "Rate", "Throttle", "network_of", "refilled"]


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """`burst` tries at once, and one more each `refill_s` seconds."""

    burst: int
    refill_s: float


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """How many tries are left at the instant `at` (monotonic seconds)."""

    left: float
    at: float


def refilled(bucket: Bucket, rate: Rate, now: float) -> Bucket:
    """The bucket at `now`; an earlier `now` than the bucket's changes nothing."""
    if now <= bucket.at:
        return bucket
    return Bucket(left=min(float(rate.burst), bucket.left + (now - bucket.at) / rate.refill_s), at=now)


class Throttle:
    """Buckets by key, at most `keys` of them.

    A full bucket is forgotten without loss. When more keys than that are in use the one untouched for longest is
    forgotten: whoever makes that many keys to have one forgotten has paid for each of them elsewhere.
    """

    __slots__ = ("_buckets", "_keys", "_rate")

    def __init__(self, rate: Rate, *, keys: int) -> None:
        self._rate = rate
        self._keys = keys
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def wait_s(self, key: str, now: float) -> float:
        """Seconds until `key` may try; 0 when it may now. Takes nothing."""
        left = self._now(key, now).left
        return 0.0 if left >= 1 else (1 - left) * self._rate.refill_s

    def take(self, key: str, now: float) -> None:
        """One try of `key`. Ask `wait_s` first: a bucket never goes below nothing."""
        bucket = self._now(key, now)
        self._keep(key, Bucket(left=max(0.0, bucket.left - 1), at=bucket.at))

    def give_back(self, key: str, now: float) -> None:
        """The try does not count after all."""
        bucket = self._now(key, now)
        if bucket.left + 1 >= self._rate.burst:
            self._buckets.pop(key, None)
        else:
            self._keep(key, Bucket(left=bucket.left + 1, at=bucket.at))

    def _now(self, key: str, now: float) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            return Bucket(left=float(self._rate.burst), at=now)
        return refilled(bucket, self._rate, now)

    def _keep(self, key: str, bucket: Bucket) -> None:
        self._buckets[key] = bucket
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)


def network_of(address: str) -> str:
    """The key of a peer's address: an IPv4 address itself, of IPv6 its /64, which is what one household is given."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
