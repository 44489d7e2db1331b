"""The verbs of the live views, and what a kernel puts out where no front end shows widgets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notebook.kernels import ROOT
from tests.notebook.session import Kernel

WIDGET = "application/vnd.jupyter.widget-view+json"

SITE = """lab.site.write("/", "<!doctype html><title>home</title>")
lab.site.write("/sw.js", "onmessage = e => e.source.postMessage(1)")
home = lab.open("/", name="home")
lab.register("/sw.js", window=home); lab.wait("active");"""


@pytest.fixture(scope="module")
def lab(kernel: Kernel) -> Iterator[Kernel]:
    started = kernel.ok("lab = %sw start --quiet")
    assert started.texts == ["<Lab 'lab' http://lab.localhost running>"]
    kernel.ok(SITE)
    yield kernel


def test_no_view_no_snapshot(lab: Kernel) -> None:
    assert lab.ok("%sw snapshot").text == "no view is displayed: `%sw dashboard` shows all of them"
    assert lab.ok("lab.views.snapshot()").text == "0"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("dashboard", "Dashboard"),
        ("clients --live", "ClientsView"),
        ("timeline --live --language fr", "TimelineView"),
        ("workers --live", "WorkersView"),
        ("notifications --live", "NotificationsView"),
        ("console --live", "ConsoleView"),
    ],
)
def test_each_view_has_a_verb(lab: Kernel, line: str, name: str) -> None:
    living, still = lab.ok(f"%sw {line}").results
    assert set(living) == {WIDGET, "text/plain"}
    assert living["text/plain"].startswith(f"<{name} of ")
    assert set(still) == {"text/html", "text/plain"}
    assert still["text/html"].startswith("<div data-swnb-still=")
    assert still["text/plain"]
    assert "<script" not in still["text/html"]


def test_a_snapshot_says_how_many_views_it_made_anew(lab: Kernel) -> None:
    before = int(lab.ok("lab.views.snapshot()").text)
    lab.ok("view = lab.dashboard('side', 'fr')\nview")
    assert lab.ok("%sw snapshot").text == f"{before + 5} views of the lab as it is now"
    lab.ok("view.close()")
    assert lab.ok("lab.views.snapshot()").text == f"{before}"


def test_the_timeline_as_it_is(lab: Kernel) -> None:
    lab.ok("home.evaluate(\"navigator.serviceWorker.ready.then(r => r.active.postMessage('a question'))\")")
    output = lab.ok("%sw timeline")
    assert "a question" in output.html
    assert "<svg" in output.html
    assert "a question" in output.text


@pytest.mark.parametrize(
    ("line", "what", "todo"),
    [
        ("dashboard --layout wide", "--layout of `%sw dashboard` cannot be 'wide'", "one of tabs, side"),
        ("dashboard --language tlh", "--language of `%sw dashboard` cannot be 'tlh'", "one of en, fr"),
        ("console --live --last 3", "`%sw console --live` does not go with --last", "its own filters"),
        (
            "clients --live --type all --include-uncontrolled",
            "with --include-uncontrolled and --type",
            "its own filters",
        ),
        ("workers --language fr", "--language of `%sw workers` is for a live view", "give --live, too"),
        ("timeline --last 3", "`%sw timeline` has no option --last", "--live, --language"),
        ("snapshot now", "`%sw snapshot` does not know what to do with 'now'", "--help"),
    ],
)
def test_what_does_not_fit_is_said(lab: Kernel, line: str, what: str, todo: str) -> None:
    first, second = lab.fails(f"%sw {line}")
    assert what in first
    assert todo in second


def test_a_layout_that_is_none_is_an_error_from_python_too(lab: Kernel) -> None:
    assert lab.fails("lab.dashboard(layout='wide')") == [
        "InvalidArgument: a dashboard's layout cannot be 'wide'",
        "  one of tabs, side",
    ]
    assert lab.fails("lab.dashboard(language='tlh')")[1] == "  there are en, fr"


def test_completion_and_help(lab: Kernel) -> None:
    assert lab.complete("%sw das") == ["%sw dashboard"]
    assert lab.complete("%sw dashboard --lay") == ["%sw dashboard --layout"]
    assert lab.complete("%sw dashboard --layout ") == ["%sw dashboard --layout tabs", "%sw dashboard --layout side"]
    assert lab.complete("%sw timeline --live --language f") == ["%sw timeline --live --language fr"]
    assert "%sw start --quiet" in lab.complete("%sw start --qu")
    overview = lab.ok("%sw --help").text
    assert overview.index("Views that go on") < overview.index("%    dashboard") < overview.index("%    snapshot")
    assert "--live" in lab.ok("%sw notifications --help").text


def test_nothing_is_shown_where_nothing_is_asked_for(lab: Kernel) -> None:
    assert lab.ok("%sw start --lab second;").results == []
    assert lab.ok("%sw start --lab third --quiet").texts == ["<Lab 'third' http://lab.localhost running>"]
    assert [WIDGET in data for data in lab.ok("%sw start --lab fourth").results] == [True, False, False]
    lab.ok("%sw stop --lab fourth\n%sw stop --lab third\n%sw stop --lab second\n%sw lab lab;")


def test_widgets_that_cannot_be_shown_leave_the_lab(lab: Kernel) -> None:
    """They are packages of others."""
    broken = lab.ok(
        "from swnb.views.live.dashboard import Dashboard as D; old = D._made\nD._made = None\n%sw start --lab fifth"
    )
    said, started = broken.texts
    assert said.startswith("the lab is started, but its dashboard cannot be shown: TypeError")
    assert started == "<Lab 'fifth' http://lab.localhost running>"
    lab.ok("D._made = old\n%sw stop --lab fifth\n%sw lab lab;")


def test_a_terminal_shows_text() -> None:
    lines = [
        "%load_ext swnb",
        "%sw start",
        "view = %sw clients --live",
        "%sw snapshot",
        "%sw timeline",
        "%sw stop",
        "exit",
    ]
    terminal = subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor"],
        input="\n".join(lines) + "\n",
        env={**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": os.devnull + "x"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    said = terminal.stdout
    assert "Dashboard" not in said
    assert "<Lab 'lab' http://lab.localhost running>" in said
    assert "no clients" in said
    assert "1 view of the lab as it is now" in said
    assert "no messages" in said
    assert "Traceback" not in said
    assert "widget" not in said


def test_what_a_view_shows_first_after_the_end_is_the_last_state(lab: Kernel) -> None:
    """The last test: it ends the lab. Whether a view was there before, or is made now, it shows what was."""
    lab.ok("early = lab.views.clients(); whole = lab.dashboard()")
    lab.ok("%sw stop")
    lab.ok("late = lab.views.clients(); all_of_them = lab.dashboard()")
    for name in ("early", "whole", "late", "all_of_them"):
        _, still = lab.ok(name).results
        assert "<strong>home</strong>" in still["text/html"], name
    for line, what in [("dashboard", "/sw.js"), ("workers --live", "/sw.js"), ("timeline", "a question")]:
        assert what in lab.ok(f"%sw {line}").results[-1]["text/html"], line
    assert lab.ok("%sw snapshot").text.endswith("views of the lab as it was when the lab ended")


def test_a_report_and_exports_are_written(lab: Kernel, tmp_path: Path) -> None:
    for name, begin in (
        ("run.html", "<!doctype html>"),
        ("run.mmd", "sequenceDiagram"),
        ("run.csv", "seq,"),
        ("run.json", "{"),
    ):
        verb = "report" if name.endswith("html") else "export"
        assert lab.ok(f"%sw {verb} {tmp_path / name}").text.startswith(f"{tmp_path / name}: ")
        assert (tmp_path / name).read_text("utf-8").startswith(begin)
    assert lab.ok(f"%sw export {tmp_path / 'x'} --form svg").text.endswith(" bytes")
    assert lab.fails(f"%sw export {tmp_path / 'run.exe'}")[0].endswith("run.exe is of no known format")
