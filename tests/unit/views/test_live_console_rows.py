"""Lines of a console, as a view is told them."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("anywidget")  # on the interpreters that only have what unit tests need

from swnb.events import ClientGone, ConsoleWritten, Surprise, WorkerFailed
from swnb.log import Log
from swnb.views.live import console_rows
from swnb.views.live.console_rows import ConsoleRows
from swnb.vocab import VersionId


def written(text: str, level: str = "log", line: int = 0, column: int = 0) -> ConsoleWritten:
    place = "http://lab.localhost/sw.js"
    return ConsoleWritten(actor="w1", level=level, text=text, url=place, line=line, column=column)


def failed(message: str, column: int = 0) -> WorkerFailed:
    place = "http://lab.localhost/sw.js"
    return WorkerFailed(
        actor="w1",
        version_id=VersionId("0"),
        scope="",
        script_url=place,
        message=message,
        url=place,
        line=3,
        column=column,
    )


def filled(*events: ConsoleWritten | WorkerFailed | Surprise | ClientGone) -> ConsoleRows:
    log = Log()
    for event in events:
        log.append(event)
    return ConsoleRows(log)


def test_what_is_no_line_is_left_out() -> None:
    rows = filled(written("one", line=3, column=9), ClientGone(client="c1"), Surprise(what="odd"))
    number, told = rows.since(0)
    assert number == 2
    assert [(row["id"], row["level"], row["text"], row["place"]) for row in told] == [
        (1, "log", "one", "http://lab.localhost/sw.js:3:9"),
        (2, "surprise", "odd", ""),
    ]
    assert rows.since(number) == (2, [])


def test_only_what_is_new_is_told() -> None:
    log = Log()
    rows = ConsoleRows(log)
    log.append(written("same"))
    log.append(written("same"))
    number, told = rows.since(0)
    assert (number, [row["count"] for row in told]) == (2, [2])
    log.append(written("same"))
    log.append(written("other"))
    newest, told = rows.since(number)
    assert (newest, [(row["id"], row["count"], row["text"]) for row in told]) == (
        4,
        [(1, 1, "same"), (3 + 1, 1, "other")],
    )
    assert [row["count"] for row in rows.since(0)[1]] == [3, 1]


def test_a_flood_is_cut_by_lines_and_by_characters() -> None:
    rows = filled(*(written(f"{n}") for n in range(5_000)))
    number, told = rows.since(0)
    assert (number, len(told), told[0]["id"], told[-1]["id"]) == (5_000, 1_000, 4_001, 5_000)
    rows = filled(*(written(f"{n}" + "x" * 50_000) for n in range(500)))
    number, told = rows.since(0)
    assert len(json.dumps(told)) < console_rows.BUDGET * 1.2
    assert told[-1]["id"] == number == 500
    assert told[-1]["text"].endswith("… (50,003 characters)")


def test_what_utf_8_has_no_bytes_for_is_sent_as_something_else() -> None:
    _, told = filled(written("a\ud800b"), Surprise(what="\udfff")).since(0)
    assert [row["text"] for row in told] == ["a\N{REPLACEMENT CHARACTER}b", "\N{REPLACEMENT CHARACTER}"]
    json.dumps(told, ensure_ascii=False).encode()


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 1, 0), (1, 0, 2)])
def test_an_error_of_a_worker_is_told_once_whoever_tells_it_first(order: tuple[int, ...]) -> None:
    ways = (
        written("TypeError: boom\n    at sw.js", "exception", line=3, column=9),
        failed("Uncaught (in promise) TypeError: boom", 9),
        failed("Uncaught TypeError: boom"),
    )
    for times in (1, 2, 3):
        rows = filled(*([ways[n] for n in order] * times), failed("Uncaught another"))
        number, told = rows.since(0)
        assert number == times + 1
        assert told.pop()["text"] == "Uncaught another"
        assert {(row["text"], row["place"]) for row in told} == {(ways[0].text, "http://lab.localhost/sw.js:3:9")}
        assert sum(row["count"] for row in told) == times


def test_few_errors_are_remembered() -> None:
    rows = filled(*(failed(f"Uncaught {n}") for n in range(1_000)))
    assert rows.since(0)[0] == 1_000
    assert len(rows._errors) <= console_rows.MOST_ERRORS
