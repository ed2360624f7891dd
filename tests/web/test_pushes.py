from servicehost.domain.push import Phase
from tests.builders.api import Api

ONE, TWO = "nxe000000001", "nxe000000002"


async def test_a_push_is_ordered_read_and_taken_back(api: Api) -> None:
    anna = api.office.anna
    await api.office.adapter(ONE)
    order = {"service_codes": [ONE], "body": "a\n", "confirm_timeout_s": 120}
    ordered = await api.call("POST", "pushes", anna, json=order)
    assert (ordered.status, ordered.json["accepted"], ordered.json["refused"]) == (202, 1, 0)
    number = ordered.json["results"][0]["push"]
    found = await api.call("GET", f"pushes/{number}", anna)
    assert (found.json["phase"], found.json["confirm_timeout_s"]) == ("queued", 120)
    cancelled = await api.call("POST", f"pushes/{number}/cancel", anna)
    assert (cancelled.status, cancelled.json["phase"]) == (200, "cancelled")
    assert (await api.call("GET", "pushes/counts", anna)).json["phases"]["cancelled"] == 1


async def test_a_push_on_trial_is_not_taken_back(api: Api) -> None:
    await api.office.adapter(ONE)
    push = await api.office.push(ONE, "a\n")
    api.office.stands(push, Phase.RUNNING)
    refused = await api.call("POST", f"pushes/{push.push}/cancel", api.office.anna)
    assert (refused.status, refused.code) == (409, "push_on_trial")


async def test_an_order_for_many_answers_for_each(api: Api) -> None:
    await api.office.adapter(ONE)
    await api.office.save(ONE, "a\n")
    ordered = await api.call("POST", "pushes", api.office.anna, json={"service_codes": [TWO, ONE]})
    assert (ordered.json["accepted"], ordered.json["refused"]) == (1, 1)
    assert [one["code"] for one in ordered.json["results"]] == ["adapter_not_found", None]


async def test_pushes_of_one_adapter_are_listed(api: Api) -> None:
    for code in (ONE, TWO):
        await api.office.adapter(code)
        await api.office.push(code, "a\n")
    found = await api.call("GET", f"pushes?service_code={TWO}", api.office.anna)
    assert [push["service_code"] for push in found.json["items"]] == [TWO]
    first = await api.call("GET", "pushes?limit=1", api.office.anna)
    last = await api.call("GET", f"pushes?limit=1&after={first.json['next']}", api.office.anna)
    assert (first.json["next"], last.json["next"]) == (1, None)
