"""The verbs of what was heard, in a real kernel: messages, events, world, console, wait, and their errors."""

from __future__ import annotations

import pytest

from tests.notebook.session import Kernel

pytestmark = pytest.mark.slow

PAGE = """%%sw file /
<!doctype html><title>t</title>
<script>navigator.serviceWorker.onmessage = e => { globalThis.got = e.data }</script>
"""
WORKER = """%%sw file /sw.js
oninstall = () => skipWaiting();
onactivate = e => e.waitUntil(clients.claim());
onmessage = e => { console.log("got", e.data.n); e.source.postMessage({echo: e.data}) };
"""
HOSTILE = "<img src=x onerror=alert(1)></table>\\u202e\\u001b[31m"
POST = "%%sw page home\nnavigator.serviceWorker.controller.postMessage("


@pytest.fixture(scope="module")
def lab(kernel: Kernel) -> Kernel:
    """A kernel with a lab, a window `home`, and messages in either direction."""
    kernel.ok("%sw start --timeout 20 --attach hold --payload-bytes 2000")
    kernel.ok(PAGE)
    kernel.ok(WORKER)
    kernel.ok("%sw open / --as home\n%sw register /sw.js\n%sw wait controlled home")
    kernel.ok("lab = get_ipython().find_line_magic('sw').__self__.labs.get()\nmark = lab.mark()")
    kernel.ok(POST + "{n: 1, text: '" + HOSTILE + "'})")
    kernel.ok("%sw wait message worker home --where 'data.echo.n == 1'")
    kernel.ok(POST + "{n: 2, big: 'x'.repeat(10000)})")
    kernel.ok("%sw wait message worker home --where 'size > 9000'")
    return kernel


def test_messages_are_a_table_and_objects(lab: Kernel) -> None:
    output = lab.ok("found = %sw messages")
    assert "home" in output.text and "worker" in output.text
    assert "<table>" in output.html and "✓" in output.html
    assert (
        lab.ok("[type(m).__name__ for m in found], type(found).__name__").text
        == "(['Message', 'Message', 'Message', 'Message'], 'Messages')"
    )
    assert lab.ok("found[0].data['n'], found[0].received_at is not None").text == "(1, True)"


def test_what_a_page_said_is_text(lab: Kernel) -> None:
    for line in ("%sw messages", "%sw events", "%sw world", "%sw console", "lab.log", "lab.log.messages()[0]"):
        output = lab.ok(line)
        assert "<img" not in output.html
        for shown in (output.html, output.text):
            assert "\u202e" not in shown and "\x1b" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in lab.ok("lab.log.messages()[0]").html


def test_a_payload_over_the_limit_is_told_by_its_size(lab: Kernel) -> None:
    assert "not kept" in lab.ok("%sw messages --last 1").html


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ("", 4),
        ("--between home worker", 4),
        ("--between worker home", 4),
        ("--from home", 2),
        ("--to home", 2),
        ("--from home --to worker", 2),
        ("--from home --to c1", 0),
        ("--from w1", 2),
        ("--last 3", 3),
        ("--last 30", 4),
        ("--channel home→w1", 2),
        ("--channel 'no such'", 0),
        ("--since mark", 4),
        ("--since acting", 2),
        ("--since 0", 4),
        ("--since 999999", 0),
        ("--where 'data.n == 1'", 1),
        ("--where 'size > 9000'", 2),
        ("--between home worker --where 'sender == \"home\"' --last 1", 1),
    ],
)
def test_messages_that_are_asked_for(lab: Kernel, options: str, number: int) -> None:
    assert lab.ok(f"found = %sw messages {options};\nlen(found)").text == str(number)


def test_events_that_are_asked_for(lab: Kernel) -> None:
    assert lab.ok("found = %sw events --kind worker.state;\n{e.kind for e in found}").text == "{'worker.state'}"
    assert lab.ok("found = %sw events --kind client --kind message.sent --last 2;\nlen(found)").text == "2"
    assert lab.ok("found = %sw events --actor w1;\n{e.actor for e in found}").text == "{'w1'}"
    assert lab.ok("found = %sw events --since mark;\nfound[0].seq == mark.seq").text == "True"
    output = lab.ok("%sw events --kind worker.state --last 1")
    assert "worker.state" in output.text and "activating → activated" in output.html


def test_the_console(lab: Kernel) -> None:
    output = lab.ok("%sw console --actor worker")
    assert "got" in output.text and "/sw.js:3:" in output.text
    assert lab.ok("found = %sw console --last 1;\nfound[0].level").text == "'log'"
    assert lab.ok("found = %sw console --actor home;\nlen(found)").text == "0"


def test_the_world_and_its_rows(lab: Kernel) -> None:
    output = lab.ok("%sw world")
    assert "1 client, 1 controlled" in output.html and "● <bdi><strong>w1" in output.html
    assert "w1" in output.text
    for row in ("lab.world.clients", "lab.world.clients['home']", "lab.world.workers", "lab.world.workers['w1']",
                "lab.world.registrations", "lab.world.channels", "lab.log[-1]", "lab.log[mark:]"):  # fmt: skip
        assert "<table>" in lab.ok(row).html, row


def test_workers_say_whom_they_control(lab: Kernel) -> None:
    text = lab.ok("%sw workers").text
    assert "controls" in text and "w1 #" in text and text.rstrip().endswith("home")


def test_wait_returns_what_came(lab: Kernel) -> None:
    assert lab.ok("m = %sw wait message home worker --since mark;\nm.data['n']").text == "1"
    assert lab.ok("m = %sw wait message * home --where 'data.echo.n == 1' --since mark;\nm.sender").text == "'worker'"
    assert lab.ok("e = %sw wait activated w1 --since 0;\ne.kind").text == "'worker.state'"
    assert (
        lab.ok("%sw wait clients 1\n%sw wait controlled home\n%sw wait controlled c1\n%sw wait active w1").results == []
    )


def test_wait_tells_what_happened_instead(lab: Kernel) -> None:
    lines = lab.fails("%sw wait clients 7 --timeout 0.1 --since mark")
    assert len(lines) == 3
    assert lines[0].startswith(
        "WaitTimeout: waited 0.1 s for 'clients 7'; now: it controls 1 windows; http://lab.localhost/sw.js is"
    )
    assert lines[1].startswith("  since the mark: ") and "message.sent" in lines[1]
    assert lines[2].startswith("  mend the cause, or wait longer: --timeout")


@pytest.mark.parametrize(
    ("line", "first", "second"),
    [
        (
            "messages --between home",
            "InvalidArgument: --between of `%sw messages` needs 2 values",
            "  --between A B: only",
        ),
        ("messages --between home --last 3", "InvalidArgument: --between of `%sw messages` needs 2 values", ""),
        (
            "messages --between home worker extra",
            "InvalidArgument: `%sw messages` does not know what to do with 'extra'",
            "",
        ),
        (
            "messages --between home wroker",
            "NameUnknown: nobody in the log is called 'wroker'",
            "  did you mean 'worker'?",
        ),
        (
            "messages --between home worker --between a b",
            "InvalidArgument: --between of `%sw messages` is given twice",
            "",
        ),
        ("messages --from nobody", "NameUnknown: nobody in the log is called 'nobody'", "  there is: home"),
        (
            "messages --last 0",
            "InvalidArgument: --last of `%sw messages` cannot be '0'",
            "  give a whole number greater than 0",
        ),
        ("messages --last -1", "InvalidArgument: --last of `%sw messages` cannot be '-1'", ""),
        ("messages --last x", "InvalidArgument: --last of `%sw messages` cannot be 'x'", ""),
        ("messages --since", "InvalidArgument: --since of `%sw messages` needs a value", ""),
        ("messages --since mrk", "InvalidArgument: --since: 'mrk' is no mark", "  did you mean mark?"),
        ("messages --since lab", "InvalidArgument: --since: 'lab' is no mark", "  make one: mark = lab.mark()"),
        (
            "messages --where 'data &&'",
            "InvalidArgument: --where 'data &&' is no expression",
            "  it is Python: && is and",
        ),
        ("messages --where 'open(1)'", "InvalidArgument: --where cannot do", "  names data, sender"),
        ("messages --chanel x", "InvalidArgument: `%sw messages` has no option --chanel", "  did you mean --channel?"),
        ("events --kind mesage", "InvalidArgument: 'mesage' is no kind of event", "  did you mean 'message'?"),
        ("events --actor nobody", "NameUnknown: nobody in the log is called 'nobody'", ""),
        ("events --last 1.5", "InvalidArgument: --last of `%sw events` cannot be '1.5'", ""),
        ("console --actor nobody", "NameUnknown: nobody in the log is called 'nobody'", ""),
        ("world now", "InvalidArgument: `%sw world` does not know what to do with 'now'", ""),
        ("wait message home", "InvalidArgument: 'message home' does not say whose message", "  `message FROM TO`"),
        ("wait message home nobody", "NameUnknown: nobody in the log is called 'nobody'", ""),
        ("wait active --where data", "InvalidArgument: `where` looks into a message", ""),
        ("wait message home worker --where 'dat.n'", "InvalidArgument: --where knows no 'dat'", "  did you mean data?"),
        ("wait controlled nobody", "WindowUnknown: no window is named 'nobody'", ""),
        ("wait redundant w1 --since never", "InvalidArgument: --since: 'never' is no mark", ""),
        (
            "start --attach holds --lab b",
            "InvalidArgument: --attach of `%sw start` cannot be 'holds'",
            "  did you mean hold?",
        ),
        ("start --payload-bytes -1 --lab b", "InvalidArgument: --payload-bytes of `%sw start` cannot be '-1'", ""),
        ("start --payload-bytes many --lab b", "InvalidArgument: --payload-bytes of `%sw start` cannot be 'many'", ""),
    ],
)
def test_bad_input_gets_two_lines(lab: Kernel, line: str, first: str, second: str) -> None:
    lines = lab.fails(f"%sw {line}")
    assert lines[0].startswith(first)
    assert len(lines) == 2
    assert lines[1].startswith(second or "  ")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%sw messages --between ", "%sw messages --between home"),
        ("%sw messages --between home wor", "%sw messages --between home worker"),
        ("%sw messages --from c", "%sw messages --from c1"),
        ("%sw messages --channel home", "%sw messages --channel home→w1"),
        ("%sw messages --since ma", "%sw messages --since mark"),
        ("%sw events --kind message.s", "%sw events --kind message.sent"),
        ("%sw events --kind cli", "%sw events --kind client"),
        ("%sw console --actor ", "%sw console --actor w1"),
        ("%sw wait mess", "%sw wait message"),
        ("%sw wait message ho", "%sw wait message home"),
        ("%sw wait message home wor", "%sw wait message home worker"),
        ("%sw wait controlled h", "%sw wait controlled home"),
        ("%sw wait closed h", "%sw wait closed home"),
        ("%sw start --attach ", "%sw start --attach detached"),
        ("%sw mess", "%sw messages"),
        ("%sw wor", "%sw workers"),
    ],
)
def test_completion(lab: Kernel, line: str, expected: str) -> None:
    assert expected in lab.complete(line)


def test_completion_of_two_values_ends_after_two(lab: Kernel) -> None:
    assert "%sw messages --between home worker --last" in lab.complete("%sw messages --between home worker ")
    assert "%sw messages --between home worker home" not in lab.complete("%sw messages --between home worker ")


def test_what_was_heard_is_there_when_the_lab_is_stopped(lab: Kernel) -> None:
    lab.ok("%sw stop")
    assert lab.ok("found = %sw messages;\nlen(found)").text == "4"
    assert "message.received" in lab.ok("%sw events --kind message --last 3").text
    assert lab.ok("%sw console --last 1").text
    assert lab.fails("%sw wait active")[0].startswith("NotStarted: ")
    lab.ok("%sw start --attach detached --payload-bytes 0 --lab second")
    assert "left alone (detached)" in lab.ok("%sw status").text
    assert lab.ok("%sw messages").text == "no messages"
    lab.ok("%sw stop --all")
