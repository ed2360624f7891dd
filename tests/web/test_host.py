from tests.builders.api import Api


async def test_the_host_says_whether_it_lives_and_takes_work(api: Api) -> None:
    assert (await api.call("GET", "/healthz")).json == {"status": "ok"}
    assert (await api.call("GET", "/readyz")).json == {"status": "ok"}
    api.ready = False
    refused = await api.call("GET", "/readyz")
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (503, "not_ready", "5")
    assert (await api.call("GET", "/healthz")).status == 200


async def test_metrics_are_given_as_they_come(api: Api) -> None:
    answer = await api.call("GET", "/metrics")
    assert answer.text == "# TYPE sessions gauge\nsessions 0\n"
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")


async def test_each_answer_is_observed_by_its_route_and_no_code_of_a_customer(api: Api) -> None:
    await api.call("GET", "adapters/nxe000000001", api.office.anna)
    await api.call("GET", "/nowhere")
    assert api.observed == [("GET", "/api/v1/adapters/{service_code}", 404), ("GET", "-", 404)]
