"""Secrets that stand in configs, and everything that the API answers to people who may not see them."""

import pytest

from servicehost.domain.mask_pattern import DEFAULT_PATTERNS
from servicehost.domain.masking import MASK
from servicehost.domain.people import Actor
from servicehost.web.table import route_table
from tests.builders.case_api import CaseApi
from tests.builders.world import CODE, TENANT
from tests.domain.test_masking import planted
from tests.web.test_tenants import OURS, QUERIES

# One for each pattern, so that each answer is looked through for all of them.
SECRETS = [f"Zq{number:02d}planted" for number in range(len(DEFAULT_PATTERNS))]


def a_config(head: str) -> str:
    lines = [planted(pattern, secret, [], " ") for pattern, secret in zip(DEFAULT_PATTERNS, SECRETS, strict=True)]
    return "\n".join([f"hostname {head}", "interface lan0 description password Zqsheet", *lines, ""])


async def planted_everywhere(cases: CaseApi) -> None:
    """Two revisions, a text module, a binary one, a proposal, a push with a body, and a snapshot."""
    for revision, head in enumerate(("a", "b")):
        body = {"body": a_config(head)}
        path = f"adapters/{CODE}/config/working"
        await cases.call("PUT", path, cases.anna, json=body, headers={"If-Match": f'"{revision}"'})
    for module, kind, revision in ((1, "text", 2), (2, "binary", 3)):
        path = f"adapters/{CODE}/config/modules/{module}?kind={kind}"
        sent = await cases.call(
            "PUT", path, cases.anna, data=a_config("m").encode(), headers={"If-Match": f'"{revision}"'}
        )
        assert sent.status == 200, sent.text
    await cases.post(cases.dispatcher, f"adapters/{CODE}/config/proposals", body=a_config("p"), reason="x")
    await cases.post(cases.anna, "snapshots", name="before")
    await cases.post(cases.anna, "pushes", service_codes=[CODE], body=a_config("c"))


CONFIGS = f"adapters/{CODE}/config"
SHOWN = {
    "working": f"{CONFIGS}/working",
    "revision": f"{CONFIGS}/revisions/1",
    "main module": f"{CONFIGS}/revisions/4/modules/0",
    "text module": f"{CONFIGS}/revisions/4/modules/1",
    "diff": f"{CONFIGS}/diff?left=1&right=2",
    "proposal": "config-proposals/1",
}


async def test_no_answer_to_a_masked_role_holds_a_secret_that_a_pattern_finds(cases: CaseApi) -> None:
    await planted_everywhere(cases)
    routes = [
        route for route in route_table() if route.method == "GET" and route.token and route.name != "followEvents"
    ]
    paths = {route.path.format(**OURS).removeprefix("/api/v1/") + QUERIES.get(route.name, "") for route in routes}
    paths |= {*SHOWN.values(), f"{CONFIGS}/revisions/4/modules/2"}
    for actor in (cases.support, cases.dispatcher):
        for path in sorted(paths):
            answer = await cases.call("GET", path, actor)
            assert [secret for secret in (*SECRETS, "Zqsheet") if secret in answer.text] == [], path
    for name, path in SHOWN.items():
        clear = await cases.call("GET", path, cases.anna)
        assert SECRETS[0] in clear.text or name == "diff", name
        assert MASK not in clear.text
        hidden = await cases.call("GET", path, cases.support)
        assert MASK in hidden.text
        assert hidden.headers.get("ETag") == clear.headers.get("ETag"), name


async def test_binary_modules_are_withheld_from_who_may_not_see_secrets(cases: CaseApi) -> None:
    await planted_everywhere(cases)
    path = f"{CONFIGS}/revisions/4/modules/2"
    assert (await cases.call("GET", path, cases.support)).code == "module_withheld"
    assert (await cases.call("GET", path, cases.anna)).status == 200
    text = await cases.call("GET", f"{CONFIGS}/revisions/4/modules/1", cases.support)
    assert int(text.headers["Masked-Values"]) >= len(SECRETS)


async def test_a_diff_tells_that_a_secret_differs_and_not_what_it_is(cases: CaseApi) -> None:
    for revision, word in enumerate(("Zqone", "Zqtwo")):
        body = {"body": f"hostname a\npassword {word}\n"}
        await cases.call("PUT", f"{CONFIGS}/working", cases.anna, json=body, headers={"If-Match": f'"{revision}"'})
    shown = await cases.get(cases.support, f"{CONFIGS}/diff?left=1&right=2")
    assert (shown["same"], shown["masked"]) == (False, 2)
    assert f"-password {MASK}\n+password {MASK}\n" in shown["unified"]
    clear = await cases.get(cases.anna, f"{CONFIGS}/diff?left=1&right=2")
    assert "-password Zqone\n+password Zqtwo\n" in clear["unified"]
    assert clear["masked"] == 0


async def test_a_consent_shows_secrets_only_when_it_says_so_and_only_of_its_adapters(cases: CaseApi) -> None:
    await planted_everywhere(cases)

    async def sees(actor: Actor) -> bool:
        return SECRETS[0] in (await cases.call("GET", f"{CONFIGS}/working", actor)).text

    to_support = {"to_role": "support", "reason": "x"}
    await cases.post(cases.anna, f"contracts/{TENANT}/consents", rights=["edit_config"], **to_support)
    assert not await sees(cases.support)
    await cases.post(
        cases.anna, f"contracts/{TENANT}/consents", rights=["see_secrets"], service_codes=[CODE], **to_support
    )
    assert await sees(cases.support)
    assert not await sees(cases.dispatcher)
    await cases.post(cases.anna, "consents/2/withdrawal")
    assert not await sees(cases.support)


@pytest.mark.parametrize("way", ["config", "module", "push", "proposal"])
async def test_a_masked_text_is_not_saved_back_in_any_way(cases: CaseApi, way: str) -> None:
    await planted_everywhere(cases)
    body = (await cases.get(cases.support, f"{CONFIGS}/working"))["body"]
    sent = {
        "config": ("PUT", f"{CONFIGS}/working", {"json": {"body": body}, "headers": {"If-Match": '"5"'}}),
        "module": ("PUT", f"{CONFIGS}/modules/1", {"data": body.encode(), "headers": {"If-Match": '"5"'}}),
        "push": ("POST", "pushes", {"json": {"service_codes": [CODE], "body": body}}),
        "proposal": ("POST", f"{CONFIGS}/proposals", {"json": {"body": body, "reason": "x"}}),
    }
    method, path, options = sent[way]
    actor = cases.support if way == "proposal" else cases.anna
    answer = await cases.call(method, path, actor, **options)
    assert (answer.status, answer.code) == (409, "masked_value")
