import asyncio

import pytest

from protocol.digest import digest_of
from servicehost.domain.config import MAX_BODY_BYTES, Revision
from servicehost.domain.errors import Conflict, Forbidden, Invalid, NotFound, StoreFull
from servicehost.operations.save_config import ConfigDraft
from tests.builders.office import ANNA_S, BEN_S, Office

ONE = "nxe000000001"


async def test_each_save_makes_the_next_revision(office: Office) -> None:
    await office.adapter(ONE)
    first, second = await office.save(ONE, "a\n"), await office.save(ONE, "b\n")
    assert (first.revision, second.revision) == (1, 2)
    assert (second.digest, second.author) == (digest_of(b"b\n"), office.anna.master_id)
    assert office.shelf.contents[ANNA_S, second.digest] == "b\n"
    assert office.sub_types()[-2:] == ["config_saved", "config_saved"]


async def test_the_same_content_as_the_newest_is_no_new_revision(office: Office) -> None:
    await office.adapter(ONE)
    await office.save(ONE, "a\n")
    before = office.shelf.copy()
    again = await office.save(ONE, "a\n")
    assert again.revision == 1
    assert office.shelf == before
    await office.save(ONE, "b\n")
    assert (await office.save(ONE, "a\n")).revision == 3


async def test_who_has_not_seen_the_newest_revision_does_not_overwrite_it(office: Office) -> None:
    await office.adapter(ONE)
    drafts = [ConfigDraft(service_code=ONE, body=body, expected_revision=0) for body in ("a\n", "b\n")]
    saves = [office.catalogue.save_config(office.anna, draft) for draft in drafts]
    first, second = await asyncio.gather(*saves, return_exceptions=True)
    assert isinstance(first, Revision)
    assert isinstance(second, Conflict)
    assert second.code == "revision_conflict"
    assert len(office.shelf.revisions) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [("", "config_empty"), ("x" * (MAX_BODY_BYTES + 1), "config_too_large"), ("\ud800", "config_not_utf8")],
)
async def test_a_text_that_is_no_config_is_refused(office: Office, body: str, code: str) -> None:
    await office.adapter(ONE)
    with pytest.raises(Invalid) as refused:
        await office.save(ONE, body)
    assert refused.value.code == code


async def test_another_tenants_adapter_is_as_if_it_were_not_there(office: Office) -> None:
    await office.adapter(ONE, BEN_S)
    with pytest.raises(NotFound) as refused:
        await office.save(ONE, "a\n")
    assert refused.value.code == "adapter_not_found"
    assert office.shelf.contents == {}


async def test_the_providers_people_edit_no_config_without_a_consent(office: Office) -> None:
    await office.adapter(ONE)
    for actor in (office.support, office.dispatcher):
        with pytest.raises(Forbidden) as refused:
            await office.save(ONE, "a\n", actor)
        assert refused.value.code == "consent_needed"


async def test_a_full_store_keeps_nothing_of_the_save(office: Office) -> None:
    await office.adapter(ONE)
    before = office.shelf.copy()
    office.store.full = True
    with pytest.raises(StoreFull):
        await office.save(ONE, "a\n")
    assert office.shelf == before
