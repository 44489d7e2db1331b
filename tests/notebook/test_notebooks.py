"""The notebooks of the workshop, executed in real kernels on both bridges, and compared with the recordings beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from swnb.events import Event
from swnb.recording import Command
from swnb.recording import read as read_recording
from swnb.recording.compare import compare
from swnb.verifying.items import following, of_notebook
from swnb.verifying.notebook import comparable
from swnb.verifying.notebook import read as declared
from tests.notebook.kernels import NOTEBOOKS, execute, notebook_of, read, text

pytestmark = pytest.mark.slow

LOOPS = ["thread", "kernel"]
FIRST, SECOND, THIRD, FOURTH, FIFTH = NOTEBOOKS

LIST = re.compile(r"\w+(?:, \w+)+")
SEQ = re.compile(r"\d+ ")


def by_start(cells: list[Any], start: str) -> Any:
    (found,) = [cell for cell in cells if cell.source.startswith(start)]
    return found


def code_of(path: Path) -> list[Any]:
    """Return the code cells as they are saved."""
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def unordered(shown: str) -> str:
    """Return a comparable text of what was heard: several processes speak at once, so neither rows nor lists have an order."""

    def comparable_line(line: str) -> str:
        columns = SEQ.sub("", " ".join(line.replace("─", " ").split()), count=1)
        return LIST.sub(lambda found: ", ".join(sorted(found[0].split(", "))), columns)

    return "\n".join(sorted(map(comparable_line, comparable(shown).splitlines())))


BESIDE = re.compile(r"the first run +the second run\n.*", re.S)
"""Timelines: where nothing orders two events, they come as they come."""

VARIES = re.compile(
    r"\(\d+ (and \d+ )?events|Note over a1: activat\w+|(?<=executed  equal)[ \d.]+|(?<=replayed  equal)[ \d.]+|(?<=claim.mmd: )\d+"
)
"""How much was heard beside what is compared; the worker's state when a page hears of it, and how long that word is; seconds."""


def reproduced(shown: str) -> str:
    return unordered(VARIES.sub("…", BESIDE.sub("", shown)))


COMPARED = {FIRST: comparable, SECOND: unordered, THIRD: unordered, FOURTH: unordered, FIFTH: reproduced}


SHELL = re.compile(r"^!|^diagram = ", re.M)
"""Cells of processes of their own, on whatever bridge the notebook's labs live; they take long."""


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_as_it_is_saved(path: Path, loop: str, tmp_path: Path) -> None:
    """Each output, but for ids and times; and each of its labs is the run that is kept beside it, as `swnb verify` has it."""
    compared = COMPARED[path]
    notebook = read(path)
    if loop == "kernel":
        notebook.cells = [cell for cell in notebook.cells if not SHELL.search(cell.source)]
    saved = [compared(text(cell)) for cell in notebook.cells if cell.cell_type == "code"]
    record = tmp_path / "run.swnb.jsonl"
    assert [compared(text(cell)) for cell in execute(notebook, loop, record=record)] == saved
    kept = of_notebook(path).recordings
    assert kept, "`swnb record` makes the recording of a notebook"
    for former, new in zip(kept, following(record), strict=True):
        found = compare(heard(former, loop), heard(new, loop), ignore=declared(path).ignore)
        assert found.equal, str(found)


class Heard(NamedTuple):
    """What two runs are compared by."""

    events: Sequence[Event]
    commands: Sequence[Command]


def heard(path: Path, loop: str) -> Heard:
    """Return a recording; on the kernel's own loop pyppeteer's objects are its own, and what they do is no command of the lab."""
    recording = read_recording(path)
    assert recording.complete, recording.missing
    ours = [command for command in recording.commands if loop == "thread" or not command.name.startswith("pyppeteer.")]
    return Heard(recording.events, ours)


def test_first_clients_says_what_it_should() -> None:
    """The saved outputs, which the test above holds the notebook to."""
    cells = code_of(FIRST)
    assert (
        text(by_start(cells, "lab = %sw start"))
        == "<Dashboard of lab 'lab'>\n<Lab 'lab' http://lab.localhost running>\n"
    )
    controlled, uncontrolled = "%sw clients", "%sw clients --include-uncontrolled"
    assert text(next(cell for cell in cells if cell.source == controlled)) == "no clients\n"
    assert row(by_start(cells, uncontrolled))[:5] == ["home", "window", "(top-level)", "http://lab.localhost/", "no"]
    assert row(by_start(cells, "%sw claim"))[:5] == ["home", "window", "(top-level)", "http://lab.localhost/", "yes"]
    assert text(by_start(cells, "urls")) == "['http://lab.localhost/']\n"
    assert text(by_start(cells, 'reply["n"]')) == "(BigInt(1), '1970-01-01T00:00:00+00:00', {'hi': [1, 2]})\n"
    assert "'numbers': JSSet([1, 2, 3])" in text(by_start(cells, 'client = lab.clients.get("home")'))
    gone = text(by_start(cells, "import swnb"))
    assert gone.startswith("the same window, the same client? False\n")
    assert "is gone; it was last seen at" in gone
    assert text(by_start(cells, 'home = lab.window("home").goto')) == "'clicked'\n"
    assert text(by_start(cells, "HEARD")) == "Not yet: there is no window called 'guest'; there is home.\n"
    html = by_start(cells, "%sw claim").outputs[-1]["data"]["text/html"]
    assert "<table" in html
    assert "home" in html


def row(cell: Any) -> list[str]:
    return text(cell).splitlines()[-1].split()


def rows(cell: Any) -> list[list[str]]:
    """Return the rows of the tables of a cell, in columns; neither heads nor empty columns."""
    lines = [re.split(r" {2,}", line.strip()) for line in text(cell).splitlines()]
    return [line for line in lines if line[0].isdecimal() or re.fullmatch(r"[cw]\d+", line[0])]


def talk(cell: Any) -> list[tuple[str, str, str, str]]:
    """Return what a table of messages says: from, to, data, what became of it (but for when)."""
    told = []
    for _, *columns in rows(cell):
        sender, receiver, _, data, outcome = columns[-5:]
        told.append((sender, receiver, data, re.sub(r"^\d\d:\d\d:\d\d\.\d+(, )?", "", outcome)))
    return told


def stills(cell: Any) -> list[str]:
    """Return the static forms of the views that a cell displays."""
    found = ["".join(output.get("data", {}).get("text/html", "")) for output in cell.outputs]
    return [html for html in found if "data-swnb-still" in html]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_saved_with_the_last_state_of_its_dashboard(path: Path) -> None:
    assert "widgets" not in read(path).metadata
    (dashboard,) = stills(by_start(code_of(path), "lab = %sw start"))
    for view in ("Clients", "Timeline", "Workers", "Notifications", "Console"):
        assert f"<h4>{view}</h4>" in dashboard
    assert "<script" not in dashboard
    assert "<svg" in dashboard
    assert "3 clients, 3 controlled" in dashboard or path != FOURTH


def test_what_the_fourth_shows() -> None:
    cells = code_of(FOURTH)
    (clients,), (timeline,) = (stills(by_start(cells, f"%sw {view} --live")) for view in ("clients", "timeline"))
    assert clients.count("● <bdi><strong>w1</strong></bdi>") == 3
    for words in (
        "(nobody listened)",
        "running #2",
        "w1 controls window",
        "notificationclick",
        "nobody can cook stone soup",
    ):
        assert words in timeline
    assert (
        text(by_start(cells, "soup, cake"))
        == "({'dish': 'onion soup', 'ready': True}, {'dish': 'cake', 'ready': True})\n"
    )
    assert "7 views of the lab as it is now" in text(by_start(cells, "%sw snapshot"))
    assert text(by_start(cells, "ordered = ")) == "Not yet: nobody has ordered anything new.\n"


def test_the_claim_and_the_talk_of_the_second() -> None:
    cells = code_of(SECOND)
    assert [line[:2] for line in rows(by_start(cells, "%sw world"))] == [
        ["c1", "home"], ["c2", "window (nested)"], ["c3", "guest"], ["w1", "http://lab.localhost/sw.js"],
    ]  # fmt: skip
    claimed = [(kind, who) for _, _, kind, who, _ in rows(by_start(cells, "%sw claim"))]
    kinds = ("client.controllerchange", "client.controlled")
    assert sorted(claimed) == sorted((kind, who) for kind in kinds for who in ("home", "guest", "c2"))
    assert text(by_start(cells, "controlled = ")) == "['c1', 'c2', 'c3']\n"
    assert talk(by_start(cells, "%sw messages --between home worker")) == [
        ("home", "worker", "{'question': 'Who are you?'}", ""),
        ("worker", "home", "{'echo': {'question': 'Who are you?'}, 'version': 1}", ""),
    ]
    assert [line[:2] for line in talk(by_start(cells, "%sw wait message worker home;"))] == [
        ("home", "worker"),
        ("worker", "home"),
    ]
    assert text(by_start(cells, "asked, told")) == "('home→w1', ('port 1b',), 'port 1')\n"
    assert [line[:3] for line in talk(by_start(cells, "mark = "))][:2] == [
        ("home", "c2", "'Are you comfortable?'"),
        ("c2", "home", "'Quite comfortable.'"),
    ]


def test_what_nobody_heard_in_the_second() -> None:
    cells = code_of(SECOND)
    assert talk(by_start(cells, "%sw post guest")) == [("worker", "guest", "'Welcome!'", "nobody listened")]
    arrived, gone = talk(by_start(cells, "%sw reload guest"))
    assert arrived[2:] == ("'Welcome!'", "nobody listened")
    assert gone[2] == "'Do you remember me?'"
    assert gone[3].startswith("gone: ")
    stuck, lost, again = talk(by_start(cells, "%sw wait message worker home --where"))
    assert (stuck[3], again[3]) == ("", "")
    assert lost[2] == "'Are you done?'"
    assert lost[3].startswith("lost: ")


ANSWER = "answer = %sw wait message worker home --where 'data.echo.question == \""


def test_how_the_new_worker_takes_over_in_the_second() -> None:
    cells = code_of(SECOND)
    assert "w2 #1 http://lab.localhost/sw.js installed" in text(by_start(cells, "%sw update"))
    assert "'version': 1" in text(by_start(cells, f"{ANSWER}Which"))
    events = [line[2:4] for line in rows(by_start(cells, "%sw wait redundant w1"))]
    assert events[0] == ["message.sent", "home"]
    assert events[-1] == ["worker.state", "w2"]
    for expected in (["message.received", "w2"], ["call.made", "w2"], ["worker.state", "w1"]):
        assert expected in events
    assert {who for kind, who in events if kind == "client.controlled"} == {"home", "guest", "c2"}
    world = by_start(cells, "taken = ")
    assert [line[0] for line in rows(world)] == ["c1", "c2", "c4", "w2"]
    assert "<table" in world.outputs[-1]["data"]["text/html"]
    assert "'version': 2" in text(by_start(cells, f"{ANSWER}And"))


OPEN_TABS = {"window": ["/chat/", "yes"], "home": ["/", "no"]}
"""Path, and whether it is controlled."""


def tabs(cell: Any) -> dict[str, list[str]]:
    """Return what a table of clients says of each: path, controlled, visibility, focus."""
    found = {}
    for line in text(cell).splitlines()[2:]:
        name, _, url, *said = re.split(r" {2,}", line.strip())
        found[name] = [url.removeprefix("http://lab.localhost"), *said[:-1]]
    return found


def test_a_click_opens_and_the_next_one_focuses_in_the_third() -> None:
    cells = code_of(THIRD)
    refused = "'InvalidAccessError: Not allowed to open a window.'\n"
    assert text(by_start(cells, "%%sw worker\nawait clients.openWindow")) == refused
    clicked = "click on 'Ada': notificationclick was dispatched to w1, settled after "
    assert text(by_start(cells, "%sw click ada")).startswith(clicked)
    chat_in_front = {
        "window": [*OPEN_TABS["window"], "visible", "focused"],
        "home": [*OPEN_TABS["home"], "hidden"],
    }
    home_in_front = {
        "window": [*OPEN_TABS["window"], "hidden"],
        "home": [*OPEN_TABS["home"], "visible", "focused"],
    }
    opened, ended = [cell for cell in cells if cell.source == "%sw clients --include-uncontrolled"]
    assert tabs(opened) == chat_in_front
    assert tabs(by_start(cells, "%sw focus home;\n")) == home_in_front
    assert text(by_start(cells, "%sw wait notification;\n%sw click ada")).startswith(clicked)
    assert tabs(by_start(cells, "again = ")) == chat_in_front
    news = {
        "news": ["/news/", "yes", "visible", "focused"]
    }  # in a window of its own, and each of these is the active one
    assert tabs(ended) == {**news, **chat_in_front}


def test_the_chain_from_the_desktop_to_the_page_in_the_third() -> None:
    chain = [line[2:] for line in rows(by_start(code_of(THIRD), "chat = "))]
    kinds = [kind for kind, *_ in chain]
    assert sorted(kinds) == sorted([
        "notification.invoked", "notification.clicked", "notification.removed", "notification.closed",
        "call.made", "call.made", "message.sent", "event.settled", "message.received",
    ])  # fmt: skip
    called = [said[2] for said in chain if said[0] == "call.made"]
    assert [words.split(",")[0] for words in called] == ["function clients.matchAll", "function clients.openWindow"]
    order = ("notification.invoked", "notification.clicked", "call.made", "message.sent", "message.received")
    assert [kinds.index(kind) for kind in order] == sorted(kinds.index(kind) for kind in order)


def test_who_received_what_in_the_third() -> None:
    cells = code_of(THIRD)
    everybody = ("news", "window", "home")
    read = [("worker", name, "'Grace was read'", "") for name in everybody]
    assert (
        talk(by_start(cells, 'for name in ("home", "window", "news"):\n    lab.wait(f"message worker {name}")\ntold'))
        == read
    )
    went = [("worker", "window", "'New chat messages!'", "")]
    dismissed = [("worker", name, "'Linus was dismissed'", "") for name in everybody]
    assert talk(by_start(cells, "%sw messages --from worker")) == [*went, *went, *read, *dismissed, *went]
    assert text(by_start(cells, "%sw wait notification;\n%sw dismiss linus")).startswith(
        "dismissal of 'Linus': notificationclose "
    )
    twice = text(by_start(cells, "%%sw worker --activation"))
    assert twice == "['focused: true', 'InvalidAccessError: Not allowed to focus a window.']\n"


PSST = "navigator.serviceWorker.controller.postMessage('psst')"


def worker(goes: str, path: str = "event.notification.data?.path ?? '/chat/'") -> str:
    """Return a cell with a worker that does this on a click; `path` and `open` are there."""
    return f"""%%sw file /sw.js
addEventListener("install", event => event.waitUntil(skipWaiting()));
addEventListener("notificationclick", event => {{
  event.notification.close();
  const path = {path};
  event.waitUntil(clients.matchAll({{includeUncontrolled: true}}).then(all => {{
    const open = all.find(client => new URL(client.url).pathname === path);
    return {goes};
  }}));
}});"""


def order(window: str, dish: str) -> str:
    return f"lab.window({window!r}).evaluate(\"await order('{dish}')\"); lab.settle()"


def kitchen(opens: str, called: str = "") -> str:
    """Return a cell with a worker that does this when it opens, and calls these of its clients."""
    return f"""%%sw file /sw.js
addEventListener("install", event => event.waitUntil(skipWaiting()));
addEventListener("activate", event => event.waitUntil(open()));
addEventListener("message", event => event.waitUntil(cook(event)));
async function open() {{
  {opens}
  console.log("open; tables:", (await clients.matchAll()).length);
}}
async function cook(event) {{
  const tables = await clients.matchAll({called});
  for (const table of tables) table.postMessage(`${{event.data}} is ready`);
  event.source.postMessage({{called: tables.length}});
}}"""


ATTEMPTS = {
    FIRST: [
        (
            "for client in lab.clients.match_all():\n    client.post_message('hello')",
            "Not yet: there is no window called 'guest'",
        ),
        ("%sw open /other.html --as guest", "Not yet: 'guest' has heard [], not 'hello'."),
        ("%sw close guest\n%sw open / --as guest", "Not yet: two windows have the same URL"),
        ("%sw close guest\n%sw open /?guest --as guest", "Not yet: 'guest' has heard [], not 'hello'."),
        (
            "%%sw worker\nfor (const client of await clients.matchAll()) client.postMessage('hello');",
            "Right! Both windows heard it.",
        ),
    ],
    SECOND: [
        ("lab.clients.get('home').post_message('psst')", "Not yet: worker said it, and not home."),
        (f"%%sw page home\n{PSST}", "Not yet: worker got it, by home→"),
        ("%%sw page home\nself.postMessage('psst')", "Not yet: home got it. The frame is c2."),
        ("%%sw page guest\nnews.postMessage('psst')", "Not yet: guest said it, and not home."),
        ("%%sw page home\nframes[0].postMessage('psst')", "Right! The frame got it, by window.postMessage"),
        ("%%sw page home\nnews.postMessage('psst')", "Right! The frame got it, by BroadcastChannel.postMessage"),
    ],
    THIRD: [
        ("pass", "Not yet: the notification for /news/ should lead to /news/, and: /chat/."),
        (
            worker("clients.openWindow(path)"),
            "Not yet: the notification for /news/ led to /news/, but there are 3 windows now, and not 2.",
        ),
        (
            worker("clients.openWindow(path).then(() => open?.focus())"),
            "Not yet: the notification for /news/ should lead to /news/, and: WindowClient.focus was refused: Not allowed",
        ),
        (
            worker("open ? open.focus() : clients.openWindow(path)", path="event.notification.data.path"),
            "Not yet: the notification without data should lead to /chat/, and: the listener threw ",
        ),
        (worker("open ? open.focus() : clients.openWindow(path)"), "Right! Each notification led to its window"),
    ],
    FIFTH: [
        ("pass", "Not yet: the kitchen called 0; and in the second run `w1` never called clients.claim(); it called "),
        (
            kitchen("", "{includeUncontrolled: true}"),
            "Not yet: the kitchen called 1; and in the second run `w1` never called clients.claim(); ",
        ),
        (kitchen("").replace("skipWaiting()", "clients.claim()"), "Not yet: "),
        (kitchen("await clients.claim();"), "Right! The same run as the first one."),
    ],
    FOURTH: [
        ("pass", "Not yet: nobody has ordered anything new."),
        (order("corner", "tea"), "corner ordered tea, and only window, window-seat heard of it."),
        (order("window", "dumplings"), "Right! window ordered dumplings, and both tables know."),
    ],
}
"""Solutions of the exercises, one after the other, and what the check says of each."""


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_exercise_checks_itself(path: Path, loop: str) -> None:
    notebook = read(path)
    tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
    at, check = tags.index(["exercise"]), tags.index(["check"])
    checking = notebook.cells[check].source
    tries = [notebook_of([attempt, checking]).cells for attempt, _ in ATTEMPTS[path]]
    before = [cell for cell in notebook.cells[:at] if not SHELL.search(cell.source)]
    notebook.cells = [*before, *(cell for pair in tries for cell in pair), *notebook.cells[check + 1 :]]
    execute(notebook, loop)
    for (attempt, verdict), (_, checked) in zip(ATTEMPTS[path], tries, strict=True):
        assert text(checked).startswith(verdict), attempt


def test_the_exercise_in_python() -> None:
    notebook = read(FIRST)
    (exercise,) = [cell for cell in notebook.cells if cell.metadata.get("tags") == ["exercise"]]
    exercise.source = (
        'lab.open("/?guest", name="guest")\nfor client in lab.clients.match_all():\n    client.post_message("hello")'
    )
    cells = execute(notebook, "thread")
    assert text(by_start(cells, "HEARD")).startswith("Right!")
