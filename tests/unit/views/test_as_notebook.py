"""A recording as a notebook, without a browser; what the cells do is in tests/notebook/test_recorded_notebook.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

pytest.importorskip("IPython")  # not among what unit tests need on each interpreter

from hypothesis import given
from hypothesis import strategies as st

from swnb import InvalidArgument, undefined, values
from swnb.cli import main
from swnb.log import Log
from swnb.recording import Command, End, Failure, Header, Recording, SiteFile, read
from swnb.recording.header import Before
from swnb.views import exports, run_again
from swnb.views.as_notebook import as_text, notebook
from swnb.vocab import ServiceWorkerState
from tests.unit.recording import samples
from tests.unit.views.test_literals import HOSTILE, texts, typed
from tests.unit.views.test_live_timeline_rows import state

nbformat = pytest.importorskip("nbformat")

WORKER = {"worker": "w1", "scope": "http://lab.localhost/", "role": "active"}
ACTIVE = {"worker": "w1", "role": "active"}
SCOPE: list[Any] = [[1], ["O", "scope", "http://lab.localhost/"]]


def command(verb: str, of: Mapping[str, str] | None = None, /, **given: Any) -> Command:
    told = {key.rstrip("_"): values.encode(value) for key, value in given.items()}
    return Command(name=verb, receiver=dict(of or {}), given=told)


def recording(*commands: Command, **fields: Any) -> Recording:
    """A recording of commands that were given one after the other."""
    timed = [
        Command(
            **{name: getattr(each, name) for name in each.__struct_fields__}
            | {"begin_ns": at * 10, "end_ns": at * 10 + 5}
        )
        if not each.end_ns
        else each
        for at, each in enumerate(commands)
    ]
    known: dict[str, Any] = {
        "events": [], "site": (), "files": {}, "end": End(), "missing": (), "extra": {}, "header": Header(lab="lab", attach="hold")
    }  # fmt: skip
    known |= fields
    header = known.pop("header")
    return Recording("run.swnb.jsonl", header, commands=timed, **known)


def code(made: Recording) -> list[str]:
    """Return the code cells between the start and the end."""
    cells = [cell["source"] for cell in valid(notebook(made))["cells"] if cell["cell_type"] == "code"]
    begin = next(at for at, source in enumerate(cells) if source.startswith("lab = %sw start")) + 1
    return cells[begin : -1 if cells[-1] == "%sw stop" else None]


def told(made: Recording) -> str:
    return "\n".join(cell["source"] for cell in notebook(made)["cells"] if cell["cell_type"] == "markdown")


def valid(document: dict[str, Any]) -> dict[str, Any]:
    nbformat.validate(nbformat.reads(json.dumps(document), as_version=4))
    return document


def test_commands_are_magics_and_short_ones_share_a_cell() -> None:
    made = recording(
        command("open", name="home"),
        Command(name="register", given={"url": ["/sw.js"], "window": ["home"]}, answer=SCOPE),
        command("wait", condition="message worker home", where="data == 'x'", timeout_s=5),
        command("clients.match_all", WORKER, type="window", include_uncontrolled=True),
        command("clients.claim", WORKER | {"scope": "http://other.localhost/", "role": "waiting"}),
        command("worker.evaluate", WORKER, source="\n1 + 1\n", inputs={"n": values.BigInt(3)}),
        command("worker.evaluate", WORKER, source="1 + 1"),
        command("push", data='{"a": 1}'),
        command("worker.post_message", WORKER, message={"hello": undefined}),
    )
    assert code(made) == [
        "%sw open / --as home\n%sw register /sw.js --in home\n%sw wait 'message worker home'".replace("'", "")
        + " --where \"data == 'x'\" --timeout 5\n%sw clients --include-uncontrolled\n"
        "%sw claim --role waiting --scope http://other.localhost/",
        "n = swnb.BigInt(3)",
        "%%sw worker -i n\n1 + 1",
        "lab.worker.evaluate('1 + 1')",
        '%%sw push\n{"a": 1}',
        "lab.worker.post_message({'hello': swnb.values.undefined})",
    ]


def test_a_file_is_a_cell_where_a_cell_wrote_it() -> None:
    files = {"s": b"one\ntwo\n", "b": b"\xff", "p": b"%%no magic"}
    by_cell = {"headers": {"X-A": "b c"}, "delay_s": 0.5}
    made = recording(
        command("site.write", {"origin": "lab"}, path="/sw.js", body={"sha256": "s", "size": 8}, **by_cell),
        command("site.write", {"origin": "other"}, path="/b", body={"sha256": "b", "size": 1}),
        command("site.write", {"origin": "lab"}, path="/p", body={"sha256": "p", "size": 10}, **by_cell),
        files=files,
    )
    assert code(made) == [
        "%%sw file /sw.js --header 'X-A: b c' --delay 0.5\none\ntwo",
        "lab.origin('other').write('/b', b'\\xff')\nlab.site.write('/p', '%%no magic', headers={'X-A': 'b c'}, delay_s=0.5)",
    ]


def test_files_of_the_beginning_stand_before_the_start() -> None:
    typed_ = (("Content-Type", "text/javascript; charset=utf-8"),)
    site = [
        SiteFile(origin="lab", path="/sw.js", sha256="s", size=2, type=typed_[0][1], headers=typed_),
        SiteFile(origin="other", path="/b", sha256="b", size=1, status=404),
        SiteFile(origin="lab", path="/lost", sha256="gone", size=9, kept=False),
        SiteFile(origin="x; import os", path="/", sha256="s", size=2),
    ]
    document = notebook(recording(site=site, files={"s": b"1\n", "b": b"\xff"}))
    sources = [cell["source"] for cell in document["cells"]]
    start = next(at for at, source in enumerate(sources) if source.startswith("lab = "))
    assert sources[2] == "%%sw file /sw.js\n1"
    assert sources[3] == "site = %sw origin other\nsite.write('/b', b'\\xff', status=404, content_type='')"
    assert "`lab: /lost` is not served: its 9 bytes are not in the recording" in sources[4]
    assert "no origin can be called so" in sources[5]
    assert start == 6
    assert "import os\n" not in as_text(recording(site=site))


def test_a_client_is_had_from_the_command_that_answered_with_it() -> None:
    client = {"client": "c1", "id": "i1", "name": "home"}
    answer = values.encode(client)
    get = Command(name="clients.get", receiver=ACTIVE, given={"client": ["home"]}, answer=answer)
    all_ = Command(name="clients.match_all", receiver=ACTIVE, given={"type": ["all"], "include_uncontrolled": [False]},
                   answer=values.encode([client, {"client": "c2", "id": "i2"}]))  # fmt: skip
    second = {"client": {"client": "c2", "id": "i2"}}
    post = command("client.post_message", ACTIVE, client=client, message={"a": 1})
    odd = command("client.post_message", ACTIVE, client=client, message=values.BigInt(1))
    assert code(recording(get, post)) == ['%sw post home {"a": 1}']
    assert code(recording(get, odd, post)) == [
        "client_0 = %sw get home\nclient_0.post_message(swnb.BigInt(1))\nclient_0.post_message({'a': 1})"
    ]
    assert code(recording(all_, command("client.focus", ACTIVE, activation=False, **second), post)) == [
        "client_0 = %sw clients --type all\nclient_0[1].focus(activation=False)\n"
        "next(each for each in client_0 if each.name == 'home').post_message({'a': 1})"
    ]
    assert code(recording(post)) == ["lab.worker.clients.get(lab.world.clients['c1'].id).post_message({'a': 1})"]


def test_a_mark_is_set_where_it_was_set() -> None:
    made = recording(command("open"), command("settle"), command("wait", condition="lost", mark={"after": 1}))
    assert code(made) == ["%sw open /\nmark_1 = lab.mark()\nlab.settle()\n%sw wait lost --since mark_1"]


def test_failures_are_expected_and_what_was_interrupted_is_not_given() -> None:
    failed = Command(name="open", given={"url": ["/x"]}, failure=Failure(type="LoadFailed"))
    ended = Command(name="wait", given={"condition": ["active"]}, failure=Failure(type="Interrupted"))
    made = recording(command("open"), failed, ended)
    cells = notebook(made)["cells"]
    assert [cell["source"] for cell in cells if "raises-exception" in cell["metadata"].get("tags", ())] == [
        "%sw open /x"
    ]
    assert "Command 3 is not given here: `it did not end by itself: somebody interrupted it`" in told(made)
    assert "active" not in "".join(code(made))


def test_what_cannot_be_written_is_told() -> None:
    made = recording(
        Command(name="wait", given={"condition": ["message"], "where": ["function <lambda>"]}, described=("where",)),
        command("future.verb", a="~~~\n# no head"),
        command("open", future=1),
        Command(name="open", given={"url": [[7]]}),
        command("site.mount", {"origin": "lab"}, prefix="/app", folder="dist"),
        command("site.write", {"origin": "lab"}, path="/x", body={"sha256": "none", "size": 3}),
        command("pyppeteer.Page.pdf", {"window": "home"}, path="/x"),
        command("pyppeteer.Page.click", {"window": "home"}, **{"argument 1": "button"}),
        command("__class__"),
        site=[SiteFile(origin="lab", path="/app/a.js", sha256="s", size=2, mount="/app/")],
        files={"s": b"1\n"},
    )  # fmt: skip
    assert code(made) == ["%%sw file /app/a.js --type ''\n1", "lab.window('home').page.click('button')"]
    words = told(made)
    for said in (
        "what it was given could only be described: where",
        "this swnb does not know it",
        "arguments that this swnb does not know",
        "it cannot be read: MalformedValue",
        "the files that were in it are written instead",
        "what it wrote is not in the recording",
        "one of pyppeteer's own",
    ):
        assert said in words
    assert "~~~~text\nfuture.verb" in words
    assert "--loop thread" in as_text(made)


def test_commands_at_the_same_time_are_one_cell() -> None:
    spans = {"a": (0, 10), "b": (2, 4), "c": (5, 20)}
    commands = [
        Command(name="open", given={"name": [name]}, begin_ns=begin, end_ns=end) for name, (begin, end) in spans.items()
    ]
    later = Command(name="open", begin_ns=30, end_ns=31)
    cells = code(recording(*commands, later))
    assert cells[0].splitlines() == [
        "async def together():",
        "    task_0 = asyncio.ensure_future(lab.asynchronous.open(name='a'))",
        "    await asyncio.sleep(0)",
        "    task_1 = asyncio.ensure_future(lab.asynchronous.open(name='b'))",
        "    await asyncio.sleep(0)",
        "    await asyncio.wait([task_1])",
        "    task_2 = asyncio.ensure_future(lab.asynchronous.open(name='c'))",
        "    await asyncio.sleep(0)",
        "    await asyncio.gather(task_0, task_1, task_2)",
        "",
        "",
        "lab.run(together)",
    ]
    assert cells[1:] == ["%sw open /"]
    odd = Command(name="future", begin_ns=1, end_ns=3)
    made = recording(commands[0], odd)
    assert "given at the same time; here they are one after the other" in told(made)
    assert code(made) == ["%sw open / --as a"]


def test_the_head_says_what_differs(tmp_path: Path) -> None:
    header = Header(
        lab="two",
        attach="detached",
        chromium="Chrome/156",
        configuration={
            "timeout_s": 5.0,
            "payload_bytes": 10,
            "at_once": True,
            "arguments": ["--x"],
            "open_network": True,
        },
        before=Before(windows={"home": "http://lab.localhost/"}, registrations={"http://lab.localhost/": "/sw.js"}),
    )
    made = recording(command("open", url="/[redacted]"), header=header, missing=("the end <b>",), end=End(redacted=2))
    words = told(made)
    assert "- `the end <b>`" in words and "2 passages were taken out" in words
    assert "not taken over: `open_network=True`, `arguments=['--x']`" in words
    cells = [cell for cell in notebook(made)["cells"] if cell["cell_type"] == "code"]
    assert [cell["source"] for cell in cells[1:3]] == [
        "lab = %sw start --lab two --attach detached --timeout 5.0 --payload-bytes 10 --at-once",
        "%sw open http://lab.localhost/ --as home\n%sw register /sw.js --scope http://lab.localhost/\n%sw open '/[redacted]'",
    ]
    assert cells[2]["metadata"] == {"tags": ["redacted"]}
    assert run_again.commands(made).count("\n") == 1  # it cannot be replayed


def test_a_recording_that_is_cut_is_a_notebook_of_what_is_there(tmp_path: Path) -> None:
    path = samples.write(tmp_path / "run.swnb.jsonl", samples.lines(samples.events(9)))
    whole = path.read_bytes()
    for size in (len(whole) // 2, len(whole) - 30):
        path.write_bytes(whole[:size])
        made = read(path)
        words = told(made)
        assert "**Missing in the recording**" in words and "The recording breaks off here" in words
        assert not as_text(made).endswith("%sw stop")
    valid(notebook(made))


def test_ten_thousand_commands() -> None:
    of = {"window": "home"}
    made = recording(*(command("window.evaluate", of, source=f"{n}", timeout_s=5) for n in range(5_000)),
                     *(command("wait", condition="loaded", mark={"after": n}) for n in range(5_000)))  # fmt: skip
    began = perf_counter()
    cells = notebook(made)["cells"]
    assert perf_counter() - began < 5
    assert sum(cell["source"].count("evaluate(") + cell["source"].count("%sw wait") for cell in cells) == 10_000
    assert len({cell["id"] for cell in cells}) == len(cells)
    assert notebook(made) == notebook(made)


@given(st.lists(texts, min_size=6, max_size=6))
def test_hostile_text_stays_text(words: list[str]) -> None:
    """Each cell is a magic with these very arguments, or Python in which they are literals."""
    url, name, condition, source, payload, body = words
    made = recording(
        command("open", url=url, name=name),
        command("window.goto", {"window": name}, url=url),
        command("wait", condition=condition, where=condition),
        command("window.evaluate", {"window": name}, source=f"\n{source}\n", inputs={"sent": payload}),
        command("client.post_message", WORKER, client={"client": name, "id": url}, message={payload: [payload]}),
        command("site.write", {"origin": "lab"}, path=url, body=body, headers={}, delay_s=0.0),
        command("notification.click", {"notification": "1", "title": name}, action=name, reply=payload),
    )
    spoken: list[str] = []
    for cell in code(made):
        if cell.startswith("%%sw"):
            typed(cell)
            continue
        spoken += recited(cell)
    document = valid(notebook(made))
    assert all("<script" not in cell["source"] for cell in document["cells"] if cell["cell_type"] == "markdown")
    assert len([line for line in spoken if line in ("open", "goto", "wait", "click", "write")]) <= 5


def recited(cell: str) -> list[str]:
    """Run a cell of lines, with a lab that only says which verbs were called; nothing else may be called."""
    from IPython.core.inputtransformer2 import TransformerManager

    called: list[str] = []

    class Anything:
        def __getattr__(self, name: str) -> Any:
            def verb(*_: object, **__: object) -> Anything:
                called.append(name)
                return self

            return Anything() if name in ("worker", "clients", "world", "site", "notifications", "id") else verb

        def __getitem__(self, _: object) -> Anything:
            return self

    class Shell:
        def run_line_magic(self, name: str, line: str, **_: object) -> Anything:
            assert name == "sw"
            called.append(line.split()[0])
            return Anything()

    names = {"lab": Anything(), "get_ipython": Shell, "__builtins__": {"float": float}}
    exec(TransformerManager().transform_cell(cell), names)  # type: ignore[no-untyped-call]
    assert set(names) <= {"lab", "get_ipython", "__builtins__", "sent"}
    return called


def test_exports_write_it(tmp_path: Path) -> None:
    made = samples.recording(tmp_path / "run.swnb.jsonl")
    path = exports.export(made, tmp_path / "run.ipynb")
    nbformat.validate(nbformat.read(path, as_version=4))
    assert exports.export(made, tmp_path / "other", "notebook").read_bytes() == path.read_bytes()
    assert exports.export(made, tmp_path / "run.mmd").read_text().startswith("sequenceDiagram")
    with pytest.raises(InvalidArgument, match="a notebook is made of a recording"):
        exports.export(Log(), tmp_path / "log.ipynb")
    assert main(["export", made.path, "--output", str(tmp_path / "cli.ipynb")]) == 0
    assert (tmp_path / "cli.ipynb").read_bytes() == path.read_bytes()
    assert main(["report", made.path, "--output", str(tmp_path / "run.html")]) == 0
    page = (tmp_path / "run.html").read_text()
    assert "swnb replay run.swnb.jsonl" in page and "%sw open / --as home" in page
    assert "swnb replay run.swnb.jsonl  " in run_again.commands(made)
    assert "%sw open / --as home" in run_again.cells(made)


def test_the_hostile_are_hostile() -> None:
    assert len(HOSTILE) > 20


def test_what_came_by_itself_is_waited_for() -> None:
    """After a command that ends before what it led to is over; not where one waits itself, nor from the middle of a lab's life."""
    log = Log()
    for seq in range(3):
        log.append(state("w1", 1000.0 + seq, ServiceWorkerState.ACTIVATED))
    came = list(log)

    def lines(*names: str, **fields: Any) -> list[str]:
        commands = [
            Command(name=name, begin_seq=at, end_seq=at + 1, begin_ns=at * 10, end_ns=at * 10 + 5)
            for at, name in enumerate(names)
        ]
        return "\n".join(code(recording(*commands, events=came, **fields))).splitlines()

    helper = lines("register", "open")[:8]
    assert helper[0] == "async def heard(counts):"
    assert lines("register", "open")[8:] == [
        "lab.register()",
        "await heard({'worker.state': 1})",
        "%sw open /",
        "await heard({'worker.state': 3})",
    ]
    assert lines("register", "settle", "open") == ["lab.register()", "lab.settle()", "%sw open /"]
    assert lines("open", "open", "settle") == ["%sw open /", "%sw open /", "lab.settle()"]
    before = Header(before=Before(windows={"home": "/"}))
    assert not [line for line in lines("register", "open", header=before) if "heard" in line]
