"""The checks, verdicts and tables of the rows of hearing, on traffic and numbers made up here."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.bench.hearing_checks import MUST_BE_ZERO, Receipt, Seen, Told, in_order, receipts, stopped
from tests.bench.hearing_material import batch_tails, facts_in, repeatable
from tests.bench.hearing_rows import ROWS, Figure, missed
from tests.bench.hearing_table import asked, to_markdown, to_text

# ---- traffic without a loss ----------------------------------------------------------------------------------------------


def both_ways(count: int) -> list[Seen]:
    return [Seen(way, serial, 10 * serial + way) for serial in range(count) for way in (True, False)]


def test_all_is_there() -> None:
    counts = in_order(both_ways(5), 5)
    assert counts == {"messages": 10, "lost": 0, "doubled": 0, "disordered": 0, "inexact": 0}


FAULTS: dict[str, Callable[[list[Seen]], object]] = {
    "lost": lambda all_: all_.pop(),
    "doubled": lambda all_: all_.append(all_[-1]._replace(received=99)),
    "disordered": lambda all_: all_.__setitem__(slice(2, 6), [*all_[4:6], *all_[2:4]]),
    "inexact": lambda all_: all_.__setitem__(3, all_[3]._replace(pairing="ambiguous")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_counted(name: str) -> None:
    messages = both_ways(5)
    FAULTS[name](messages)
    assert in_order(messages, 5)[name] > 0


def test_what_did_not_arrive_is_lost() -> None:
    messages = both_ways(3)
    messages[0] = messages[0]._replace(received=-1, pairing="")
    assert in_order(messages, 3)["lost"] == 1


def test_an_arrival_before_an_earlier_one_is_disordered() -> None:
    messages = [Seen(True, 0, 7), Seen(True, 1, 3), Seen(False, 0, 8), Seen(False, 1, 9)]
    assert in_order(messages, 2)["disordered"] == 1


def test_another_payload_is_inexact() -> None:
    messages = both_ways(2)
    messages[1] = messages[1]._replace(same=False)
    assert in_order(messages, 2)["inexact"] == 1


# ---- traffic with stops --------------------------------------------------------------------------------------------------

CALM = (
    Seen(True, 0, 1, t_ms=1.0),
    Seen(False, ("a", 1), 2, t_ms=2.0),
    Seen(True, 1, 3, t_ms=3.0),
    Seen(False, ("a", 2), -1, pairing="", lost=True),
    Seen(True, 2, -1, pairing="", lost=True),
    Seen(True, 3, 4, t_ms=4.0),
    Seen(False, ("b", 1), 5, t_ms=5.0),
)
"""The worker's first life ends after its second answer, which is lost, together with message 2."""


def told() -> Told:
    arrivals = [Receipt(m.to_worker, m.key, m.t_ms) for m in CALM if m.t_ms is not None]
    return Told(4, [("a", 1, 0), ("b", 1, 3)], arrivals)


def test_stops_without_a_fault() -> None:
    counts = stopped(CALM, told())
    assert {name: counts[name] for name in MUST_BE_ZERO} == dict.fromkeys(MUST_BE_ZERO, 0)
    assert (counts["sent"], counts["received"], counts["lost"]) == (7, 5, 2)


def without(place: int) -> list[Seen]:
    return [*CALM[:place], *CALM[place + 1 :]]


def instead(place: int, message: Seen) -> list[Seen]:
    return [*CALM[:place], message, *CALM[place + 1 :]]


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        ("missing", without(1)),
        ("missing", without(2)),
        ("missing", without(4)),
        ("missing", instead(5, CALM[5]._replace(received=-1, pairing="", t_ms=None, lost=True))),
        ("wrong", instead(2, CALM[2]._replace(key=2))),
        ("wrong", instead(2, CALM[2]._replace(same=False))),
        ("doubled", [*CALM, CALM[0]._replace(received=9)]),
        ("unaccounted", instead(4, CALM[4]._replace(lost=False))),
        ("unaccounted", instead(0, CALM[0]._replace(lost=True))),
        ("disordered", instead(1, CALM[1]._replace(received=9))),
    ],
)
def test_a_fault_among_stops_is_counted(name: str, messages: list[Seen]) -> None:
    assert stopped(messages, told())[name] > 0


def test_two_that_are_paired_crosswise_are_wrong() -> None:
    crossed = [*CALM]
    crossed[0], crossed[2] = CALM[0]._replace(t_ms=3.0, received=3), CALM[2]._replace(t_ms=1.0, received=1)
    assert stopped(crossed, told())["wrong"] == 2


def test_an_answer_that_must_have_been_sent_is_missed() -> None:
    heard = [("a", 1, 0), ("a", 3, 1), ("b", 1, 3)]
    assert stopped(CALM, Told(4, heard, told().receipts))["missing"] > 0


def test_receipts_have_the_clock_of_their_life() -> None:
    def hello(origin: float) -> list[object]:
        return ["hello", 0.5, "service", "http://x/sw.js", "http://x", origin]

    def arrival(t: float, serial: int) -> list[object]:
        return ["r", t, ["cl", "id"], [[1], ["O", "p", serial]], 10, "", 1, [], ["id", "client", "http://x/"], 0]

    first = json.dumps([0, 0, [hello(1000.0)]])
    second = json.dumps([1, 0, [arrival(1.5, 7), ["s", 2, ["cl", "id"], None, 3, "", 1]]])
    third = json.dumps([0, 0, [hello(2000.0), arrival(0.25, 8)]])
    assert receipts([first, second, third], True) == [Receipt(True, 7, 1001.5), Receipt(True, 8, 2000.25)]


# ---- batches that are said again -----------------------------------------------------------------------------------------


def test_ports_are_made_once() -> None:
    ports, sent = ["ports", 1, 1, 2], ["s", 2, ["pt", 1], ["x"], 2, "", 1]
    batches = [json.dumps(batch) for batch in ([0, 1, [ports]], [1, 0, [ports, sent]], [2, 0, [sent]])]
    kept = repeatable(batches)
    assert [json.loads(batch) for batch in kept] == [[1, 0, [sent]], [2, 0, [sent]]]
    assert facts_in(kept) == 2


def test_a_tail_makes_a_batch_with_any_number() -> None:
    (tail,) = batch_tails(["[17,0,[[1,2]]]"])
    assert json.loads("[99" + tail) == [99, 0, [[1, 2]]]


# ---- figures and tables --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (Figure("t", "t", "ms", against="without", target=1.5, probe=[3.0], without=[2.0]), "met"),
        (Figure("t", "t", "ms", against="without", target=1.5, probe=[3.1], without=[2.0]), "missed"),
        (Figure("t", "t", "ms", against="without", target=1.5, probe=[3.0]), "missed"),
        (Figure("r", "r", "/s", against="floor", target=0.5, at_least=True, probe=[5.0], floor=[10.0]), "met"),
        (Figure("r", "r", "/s", against="floor", target=0.5, at_least=True, probe=[4.9], floor=[10.0]), "missed"),
        (Figure("m", "m", "bytes", against="itself", target=600, probe=[600.0]), "met"),
        (Figure("m", "m", "bytes", against="itself", target=600, probe=[600.5]), "missed"),
        (Figure("m", "m", "bytes", against="itself", target=600), "missed"),
        (Figure("c", "c", against="counts", counts={"lost": 0, "sent": 9}, must={"lost": 0}), "met"),
        (Figure("c", "c", against="counts", counts={"lost": 1}, must={"lost": 0}), "missed"),
        (Figure("c", "c", against="counts", must={"lost": 0}), "missed"),
        (Figure("n", "n", "s", probe=[9.0], without=[1.0]), ""),
    ],
)
def test_verdict(figure: Figure, said: str) -> None:
    assert figure.verdict == said
    assert missed([figure]) == ([figure.name] if said == "missed" else [])


TIME = Figure("t", "time", "ms", against="without", target=1.5, probe=[3.0, 5.0], without=[2.0], floor=[1.0])
COUNT = Figure("c", "`counts`", against="counts", counts={"sent": 1234, "lost": 1}, must={"lost": 0}, notes=["why"])


def test_a_figure_crosses_as_json() -> None:
    assert Figure.of(json.loads(json.dumps(TIME.to_data()))) == TIME
    assert TIME.to_data()["ratio"] == 2.0


def test_text_shows_each_side_and_the_target() -> None:
    shown = to_text([TIME, COUNT], "a machine.")
    assert "time   (must be: ≤ 1.5 × without it)" in shown
    assert "with the probe  4.00 ms            3.50–4.50          2.00 ×             missed" in shown
    assert "without it      2.00 ms" in shown
    assert "1,234 sent[1]      1 lost             missed" in shown
    assert shown.endswith("[1] why\na machine.\n")


def test_markdown_is_one_table() -> None:
    shown = to_markdown([TIME, COUNT], "a machine.")
    table, _, after = shown.partition("\n\n")
    assert len({row.count("|") for row in table.splitlines()}) == 1
    assert "| time | **4.00 ms**<br>3.50–4.50<br>2.00 ×<br>missed | 2.00 ms | 1.00 ms | ≤ 1.5 × without it |" in table
    assert after.startswith("Median; quartiles;")
    assert "\n[1] why" in after


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure("r", "r", "/s", against="floor", target=0.5, at_least=True), "≥ 0.5 × the bare pipe"),
        (Figure("m", "m", "bytes", against="itself", target=600), "≤ 600 bytes"),
        (COUNT, "0 lost"),
        (Figure("n", "n"), "—"),
    ],
)
def test_targets_in_words(figure: Figure, words: str) -> None:
    assert asked(figure) == words


def test_the_rows_are_those_of_the_requirement() -> None:
    assert {row.name: row.size for row in ROWS} == {
        "messages": 100_000,
        "facts": 60_000,
        "clients": 200,
        "stops": 1_000,
        "clicks": 1_000,
    }
