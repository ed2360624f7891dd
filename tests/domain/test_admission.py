import pytest

from protocol.codes import CloseCode, redial_slowly
from servicehost.domain.admission import SERVING, STANDBY, Papers, TurnedAway, standing
from servicehost.domain.unit import Life

AWAY = {
    Life.REPLACED: (CloseCode.REPLACED, "replaced"),
    Life.RETURNED: (CloseCode.OUT_OF_SERVICE, "returned"),
    Life.RETIRED: (CloseCode.OUT_OF_SERVICE, "retired"),
    Life.LOST: (CloseCode.REVOKED, "lost"),
    Life.STOLEN: (CloseCode.REVOKED, "stolen"),
}


def told(papers: Papers, now: int = 100) -> tuple[CloseCode, str]:
    answer = standing(papers, now)
    assert isinstance(answer, TurnedAway)
    assert answer.text
    return answer.code, answer.reason


@pytest.mark.parametrize("life", Life)
def test_every_life_has_its_answer_bound_or_not(life: Life) -> None:
    for binding in (None, 7):
        papers = Papers(life=life, binding=binding)
        if life in AWAY:
            assert told(papers) == AWAY[life]
        else:
            assert standing(papers, 100) is (STANDBY if binding is None else SERVING)


def test_whoever_is_turned_away_dials_slowly_and_is_never_told_never() -> None:
    codes = {code for code, _ in (told(Papers(life=life)) for life in AWAY)}
    codes.add(told(Papers(binding=1, out_of_service_at=0))[0])
    assert codes == {CloseCode.REPLACED, CloseCode.OUT_OF_SERVICE, CloseCode.REVOKED}
    assert all(map(redial_slowly, codes))


def test_a_contract_ends_at_its_instant_and_not_before() -> None:
    papers = Papers(life=Life.BOUND, binding=7, out_of_service_at=100)
    assert standing(papers, 99) is SERVING
    assert told(papers, 100) == told(papers, 101) == (CloseCode.OUT_OF_SERVICE, "contract_ended")


def test_what_is_said_of_the_unit_goes_before_what_is_said_of_its_adapter() -> None:
    assert told(Papers(life=Life.STOLEN, binding=7, out_of_service_at=1))[1] == "stolen"


def test_a_unit_on_stand_by_has_no_contract_that_could_end() -> None:
    assert standing(Papers(out_of_service_at=1), 100) is STANDBY
