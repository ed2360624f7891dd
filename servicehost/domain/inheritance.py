"""What a replacement inherits from the unit whose place it takes: the adapter's startup config, by a push, and no more.

Everything else that hangs on the adapter (name, groups, terms, monitoring) stays where it is and needs no copy; what
hangs on the unit stays with the unit. Nobody carries a file, a key or a secret from box to box.
"""

import enum
from collections.abc import Mapping
from typing import Final

from servicehost.domain.rule import Text

__all__ = ["INHERITED", "NEVER_COPIED", "Kept"]


class Kept(enum.StrEnum):
    """What stays with the unit that had it."""

    IDENTITY = "identity"
    CERTIFICATE = "certificate"
    PRIVATE_KEY = "private_key"
    ENROLMENT_SECRET = "enrolment_secret"  # noqa: S105 - the name of a thing
    LOCAL_CHANGES = "local_changes"
    LOGS = "logs"


INHERITED: Final = Text(
    ja="スタートアップコンフィグのみ（サービスホストが自動で配信します）",
    en="the startup config alone, which the service host sends by itself",
)
NEVER_COPIED: Final[Mapping[Kept, Text]] = {
    Kept.IDENTITY: Text(ja="機器の識別番号（Distribution ID・シリアル番号）", en="the unit's identity"),
    Kept.CERTIFICATE: Text(ja="機器の証明書", en="its certificate"),
    Kept.PRIVATE_KEY: Text(ja="秘密鍵", en="its private key"),
    Kept.ENROLMENT_SECRET: Text(ja="登録用トークン・パスワード類", en="enrolment tokens and passwords"),
    Kept.LOCAL_CHANGES: Text(ja="機器本体で直接変更した設定", en="settings changed on the box itself"),
    Kept.LOGS: Text(ja="ログ・統計情報", en="logs and statistics"),
}
"""Never taken from the old unit to the new one, by nobody."""
