"""Makes the recorded location document anew: python -m tests.protocol.record_location

Signatures and certificates differ at every run, so it is run only when the document's form has changed.
"""

from datetime import timedelta
from pathlib import Path

from protocol.document import LOCATION_EXAMPLE
from protocol.location import VERSION, Location
from protocol.messages import Redial
from servicehost.backends.authority.location import sign_location
from tests.builders.authority import NOW
from tests.builders.certificates import Authority, authority
from tests.builders.locations import signer_of

ANCHOR = LOCATION_EXAMPLE.with_name("anchor.pem")


def main() -> None:
    ours: Authority = authority("Example", now=NOW)
    signer = signer_of(ours)
    issued = NOW + timedelta(hours=1)
    location = Location(
        version=VERSION,
        sequence=int(issued.timestamp()),
        issued_at=issued,
        expires_at=issued + timedelta(days=1),
        hosts=("wss://host-1.example.jp:8443", "wss://host-2.example.jp:8443"),
        bootstrap=("https://host-1.example.jp:8444",),
        redial=Redial(),
        anchors=(ours.root_pem,),
    )
    LOCATION_EXAMPLE.parent.mkdir(exist_ok=True)
    LOCATION_EXAMPLE.write_bytes(sign_location(location, signer.key, [signer.certificate, *signer.chain]))
    Path(ANCHOR).write_text(ours.root_pem)


if __name__ == "__main__":
    main()
