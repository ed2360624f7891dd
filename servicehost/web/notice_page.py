"""The notice that somebody registered is handed, as a page to print: Japanese, with English beside it.

The address in it is the only secret, and leads to a page on which a password is chosen; no password stands in it.
"""

from datetime import datetime, timedelta, timezone
from typing import Final

from servicehost.domain.instant import as_datetime
from servicehost.operations.make_notice import Notice
from servicehost.web.panel.language import Language
from servicehost.web.panel.paint import page

__all__ = ["FIRST_PASSWORD", "link_address", "notice_page"]

FIRST_PASSWORD: Final = "/panel/first-password/{link}"  # noqa: S105 - an address
_JAPAN: Final = timezone(timedelta(hours=9))


def link_address(panel: str, notice: Notice) -> str:
    """The one-time address, on the panel that is reached at `panel`, as https://panel.example.jp."""
    return panel + FIRST_PASSWORD.format(link=notice.link)


def notice_page(panel: str, notice: Notice) -> str:
    """The page as HTML. It needs nothing from anywhere: it can be kept in a file and printed from there."""
    made, expires = _in_japan(notice.made_at), _in_japan(notice.expires_at)
    values = {
        "master_id": notice.person.master_id,
        "name": notice.person.name,
        "organisation": notice.person.contact.organisation,
        "customer_code": None if notice.customer is None else notice.customer.customer_code,
        "customer_name": None if notice.customer is None else notice.customer.name,
        "management_code": notice.contract.management_code,
        "label": notice.contract.label,
        "adapters": notice.adapters,
        "panel": f"{panel}/panel/",
        "link": link_address(panel, notice),
        "made_on_ja": f"{made.year}年{made.month}月{made.day}日",
        "made_on_en": f"{made:%Y-%m-%d}",
        "expires_ja": f"{expires.year}年{expires.month}月{expires.day}日 {expires:%H:%M}（日本時間）",
        "expires_en": f"{expires:%Y-%m-%d %H:%M}, Japan time",
    }
    return page("notice.html", Language.JA, values)


def _in_japan(instant: int) -> datetime:
    return as_datetime(instant).astimezone(_JAPAN)
