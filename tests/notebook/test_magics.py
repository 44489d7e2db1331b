"""What the magics show, in a real kernel: results once, errors in words, several labs, and completion."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.notebook.session import Kernel

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(kernel: Kernel) -> Kernel:
    """A kernel with a lab, a window `home` and an active worker that controls it."""
    kernel.ok("%sw start --timeout 20")
    kernel.ok("%%sw file /sw.js\nonmessage = e => { globalThis.got = e.data }; oninstall = () => skipWaiting()")
    kernel.ok("%sw open / --as home\n%sw register /sw.js\n%sw wait active\n%sw claim")
    return kernel


# ---- showing ----------------------------------------------------------------------------------------------------


def test_three_verbs_in_a_cell_show_three_results_once_each(lab: Kernel) -> None:
    output = lab.ok("%sw clients\n%sw windows\n%sw workers")
    assert output.kinds == ["display_data", "display_data", "execute_result"]
    assert [text.split()[0] for text in output.texts] == ["name", "name", "scope"]


def test_the_last_result_is_that_of_the_cell(lab: Kernel) -> None:
    assert lab.ok("%sw clients").kinds == ["execute_result"]
    assert lab.ok("type(_).__name__").text == "'ClientList'"


def test_an_assigned_result_is_shown_once_and_is_the_object(lab: Kernel) -> None:
    output = lab.ok("x = %sw clients")
    assert output.kinds == ["display_data"]
    assert lab.ok("x[0].name").text == "'home'"


def test_a_semicolon_shows_nothing(lab: Kernel) -> None:
    assert lab.ok("%sw clients;").results == []
    assert lab.ok("%sw clients;\ny = %sw windows;").results == []
    assert lab.ok("y[0].name").text == "'home'"


def test_results_in_loops_and_functions_are_shown(lab: Kernel) -> None:
    assert len(lab.ok("for _ in range(2):\n    %sw clients").results) == 2
    assert len(lab.ok("def f():\n    %sw clients\nf()").results) == 1


def test_results_can_be_kept_from_being_shown(lab: Kernel) -> None:
    lab.ok("%config SwMagics.show_results = False")
    assert lab.ok("x = %sw clients").results == []
    lab.ok("%config SwMagics.show_results = True")


def test_each_verb_explains_itself(lab: Kernel) -> None:
    assert "%sw clients [--include-uncontrolled]" in lab.ok("%sw clients --help").text
    for cell in ("%%sw worker --help\n ", "%%sw worker --help", "%sw worker --help"):
        assert lab.ok(cell).text.startswith("%%sw worker [-i/--input")
    assert "%%sw page NAME" in lab.ok("%sw page --help").text
    assert "%%sw/%sw file PATH" in lab.ok("%sw file --help").text
    assert "skip-waiting" in lab.ok("%sw --help").text
    assert lab.ok("%sw").text == lab.ok("%sw help").text


def test_verbs_of_the_site(lab: Kernel, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("from disk")
    lab.ok("%%sw file /x.txt --header 'X-One: 1' --status 203 --delay 0.01 --type text/plain\nbody")
    shown = lab.ok("%sw file /x.txt").text
    assert shown.split("\n") == [
        "http://lab.localhost/x.txt  203  Content-Type: text/plain  X-One: 1  after 0.01 s",
        "",
        "body",
    ]
    assert str(tmp_path) in lab.ok(f"%sw mount /disk/ {tmp_path}").text
    assert "from disk" in lab.ok("%sw file /disk/a.txt").text
    assert "/disk/" in lab.ok("%sw routes").text
    lab.ok("%sw file /x.txt --remove")
    assert lab.fails("%sw file /x.txt")[0].startswith("SiteError: nothing is served at http://lab.localhost/x.txt")
    assert "http://other.localhost" in lab.ok("%sw origin other").text
    lab.ok("%%sw file /o.txt --origin other\nother")
    assert "http://other.localhost/o.txt" in lab.ok("%sw routes").text


def test_a_fragment_is_no_comment_and_nothing_is_expanded(lab: Kernel) -> None:
    lab.ok("%sw open /#a-limit --as hash # a note")
    assert lab.ok("%sw windows").text.count("/#a-limit") == 1
    lines = lab.fails("for i in range(2):\n    %sw open /{i} --as w{i}")
    assert lines[0].startswith("InvalidArgument: ")
    assert 'lab.open(f"/{i}", name=f"w{i}")' in lines[1]
    assert lab.ok("%%sw page hash\n`${1 + 1} $HOME {lab}`").text == "'2 $HOME {lab}'"
    lab.ok("%sw close hash")


def test_a_message_is_posted(lab: Kernel) -> None:
    lab.ok("%%sw page home\nglobalThis.heard = new Promise(r => navigator.serviceWorker.onmessage = e => r(e.data)); 0")
    lab.ok('%sw post home {"a": [1, "x # y"]} # note')
    assert lab.ok("%%sw page home\nheard").text == "{'a': [1, 'x # y']}"


def test_a_worker_is_stopped_and_started(lab: Kernel) -> None:
    assert "stopped" in lab.ok("%sw stop-worker").text
    assert "running" in lab.ok("%sw start-worker").text


# ---- variables --------------------------------------------------------------------------------------------------


def test_one_output_is_the_variable_if_the_cell_binds_it(lab: Kernel) -> None:
    lab.ok("%%sw page home -o one\n{ var zero = 0 } let one = 1\n2")
    lab.ok("%%sw page home -o last\n1 + 2")
    assert lab.ok("(one, last)").text == "(1, 3)"


def test_several_outputs_are_variables_and_a_missing_one_is_told(lab: Kernel) -> None:
    lines = lab.fails("%%sw page home -o first,second -o third\nconst first = [1], third = {a: 1}\n5")
    assert lines == [
        "InvalidArgument: -o: JavaScript has no variable 'second' after this cell",
        "  first, third were set; declare it in the cell, or give one -o alone for the last value",
    ]
    assert lab.ok("(first, third)").text == "([1], {'a': 1})"


def test_inputs(lab: Kernel) -> None:
    lab.ok("count, word = 2, 'x'")
    assert lab.ok("%%sw worker -i count,word\nword.repeat(count)").text == "'xx'"
    assert lab.fails("%%sw worker -i wrod\n1") == [
        "InvalidArgument: -i: there is no Python variable 'wrod'",
        "  did you mean word?",
    ]
    lab.ok("count = lambda: 1")
    assert lab.fails("%%sw worker -i count\n1")[0].startswith("ValueNotCloneable: count ")


# ---- errors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "first", "second"),
    [
        ("%sw clientz", "InvalidArgument: `%sw` has no verb 'clientz'", "  did you mean `clients`?"),
        (
            "%sw clients --inklude",
            "InvalidArgument: `%sw clients` has no option --inklude",
            "  did you mean --include-unc",
        ),
        ("%sw goto home", "InvalidArgument: `%sw goto` needs URL", "  `%sw goto --help`"),
        ("%sw start", "AlreadyStarted: the lab 'lab' is already started", "  go on with it"),
        ("%sw foo", "InvalidArgument: `%sw` has no verb 'foo'", "  `%sw --help` lists the verbs"),
        ("%sw skip-waiting", "LabError: no worker is waiting at http://lab.localhost/", "  `%sw update` fetches"),
        (
            "%sw wait clients",
            "InvalidArgument: `%sw wait clients` needs",
            "  the number is missing: `%sw wait clients 1`",
        ),
        ("%sw post home hello", "InvalidArgument: there is no Python variable 'hello'", "  a text is written with"),
        ("%sw post home it's", "InvalidArgument: the message is no JSON and no Python", "  a text is written with"),
        ("%sw worker", "InvalidArgument: `worker` is a verb of a cell", "  begin the cell with `%%sw worker"),
        ("%%sw clients\n1", "InvalidArgument: `clients` is a verb of a line", "  write `%sw clients"),
        ("%sw close hom", "WindowUnknown: no window is named 'hom'", "  did you mean 'home'?"),
        ("%sw post home {a: 1}", "InvalidArgument: the message is no JSON", "  give JSON"),
        ("%sw post nobody 1", "InvalidArgument: 'nobody' is no client's id", "  `%sw clients"),
        ("%sw wait activ", "InvalidArgument: 'activ' cannot be waited for", "  did you mean"),
        ("%sw navigate home about:blank", "JavaScriptError: TypeError:", ""),
        (
            "%sw focus home --no-activation",
            "JavaScriptError: InvalidAccessError: Not allowed to focus a window.",
            "  Chromium allows it only",
        ),
        ("%sw unregister /nowhere/", "RegistrationUnknown: no registration has the scope", "  scopes: "),
        ("%sw register /none.js", "JavaScriptError: TypeError: Failed to register", ""),
        ("%sw --lab two clients", "InvalidArgument: no lab is named 'two'", "  labs: lab"),
        ("%%sw file sw.js\n1", "SiteError: the path 'sw.js' cannot be served", "  write it"),
        ("%%sw file /a --status 99\n1", "InvalidArgument: status is 99", "  give a number"),
        ("%%sw file /a --header x\n1", "InvalidArgument: 'x' is no header", "  write it as"),
        ("%sw mount / /no/such/folder", "SiteError: there is no folder", "  "),
        ("%%sw worker --timeout 0.2\nfor (;;);", "EvaluationTimeout: no answer from the worker", "  an endless loop"),
        (
            "%%sw page home --timeout 0.2\nnew Promise(() => {})",
            "EvaluationTimeout: no answer from the window",
            "  an endless",
        ),
    ],
)
def test_bad_input_gets_a_clear_error_and_the_lab_stays_usable(lab: Kernel, cell: str, first: str, second: str) -> None:
    lines = lab.fails(cell)
    assert lines[0].startswith(first)
    if second:
        assert lines[1].startswith(second)
        assert len(lines) == 2
    assert lab.ok("%%sw worker\n1 + 1").text == "2"


def test_a_load_that_takes_too_long_says_how_to_give_it_longer(lab: Kernel) -> None:
    lab.ok("%%sw file /slow.html --delay 3\nslow")
    for line in ("goto home /slow.html", "open /slow.html --as slow"):
        lines = lab.fails(f"%sw {line} --timeout 0.3")
        assert "has not loaded within 0.3 s" in lines[0]
        assert "--timeout SECONDS, or `%config Lab.timeout_s = 60`" in lines[1]
    assert (
        lab.ok(
            "labs = get_ipython().find_line_magic('sw').__self__.labs\nlabs.get().asynchronous.settings.timeout_s"
        ).text
        == "20.0"
    )
    lab.ok("%sw goto home / --timeout 20\n%sw close slow\n%sw file /slow.html --remove")


def test_a_navigation_that_is_not_this_workers_to_make_says_so(lab: Kernel) -> None:
    lab.ok("%sw open /?out --as out\n%sw reload out --bypass")
    lines = lab.fails("%sw navigate out /")
    assert lines[0].startswith("JavaScriptError: TypeError: This service worker is not")
    assert lines[1] == "  `out` is not controlled by that worker: `%sw claim`, or reload the window"
    lab.ok("%sw close out")


def test_a_navigation_that_gives_no_client_says_what_that_may_mean(lab: Kernel) -> None:
    lab.ok("%sw open /?gone --as gone")
    assert (
        "null: the new document is not of this origin, or it could not be loaded"
        in lab.ok("%sw navigate gone http://nobody.invalid/").text
    )
    lab.ok("%sw close gone")


def test_two_versions_of_one_script_are_told_apart(lab: Kernel) -> None:
    number = lab.ok("w = %sw workers;\nw[0].active.version_id").text.strip("'")
    for verb in ("workers", "status"):
        assert f"#{number} http://lab.localhost/sw.js activated, running" in lab.ok(f"%sw {verb}").text
    lab.ok("%sw stop-worker")
    assert lab.ok("%sw wait ended").text.startswith(
        f"WorkerRunningChanged: #{number} http://lab.localhost/sw.js stopped"
    )
    lab.ok("%sw start-worker")


def test_each_refused_registration_says_what_to_do(lab: Kernel) -> None:
    lab.ok("%%sw file /open.js\nf({\n  a: 1\n")
    lab.ok("%%sw file /throws.js\nthrow 5")
    lab.ok("%%sw file /plain.txt\n1")
    lab.ok("%%sw file /deep/sw.js\n1")
    for line, told in (
        ("/open.js --scope /o/", "/open.js: the bracket { that opens in line 1, column 3 is never closed"),
        ("/throws.js --scope /o/", "syntax error, or threw at its top level"),
        ("/plain.txt --scope /o/", "serve it as JavaScript"),
        ("/nothing.js --scope /o/", "`%sw routes` lists what is served"),
        ("/deep/sw.js --scope /", "Service-Worker-Allowed: /"),
    ):
        lines = lab.fails(f"%sw register {line}")
        assert len(lines) == 2
        assert told in lines[1]


def test_get_of_nonsense_says_undefined_and_is_none(lab: Kernel) -> None:
    output = lab.ok("x = %sw get nonsense")
    assert output.text.startswith("undefined: no client has the id 'nonsense'")
    assert lab.ok("x is None").text == "True"


def test_a_javascript_error_shows_its_line_as_the_editor_counts_it(lab: Kernel) -> None:
    lines = lab.fails("\n\n%%sw worker\nconst f = 1;\n  nope.x")
    assert lines[:4] == [
        "JavaScriptError: ReferenceError: nope is not defined",
        "  line 5, column 3 of the cell",
        "     5 |   nope.x",
        "           ^",
    ]
    assert lines[4].startswith("    at <cell> (In[")
    assert lines[4].endswith(":5:3)")


def test_an_error_in_a_function_of_an_earlier_cell_is_placed_where_this_cell_called_it(lab: Kernel) -> None:
    lab.ok("%%sw worker\nfunction boom() {\n  throw new RangeError('a');\n}")
    lines = lab.fails("%%sw worker\n1;\nboom()")
    assert lines[1:3] == ["  line 3, column 1 of the cell", "     3 | boom()"]
    assert lines[4].startswith("    at boom (In[")


def test_an_unclosed_brace_is_told_with_line_and_column(lab: Kernel) -> None:
    lines = lab.fails("%%sw worker\nconst g = {\n  a: [1, 2],\n")
    assert lines[0] == "JavaScriptError: SyntaxError: Unexpected end of input"
    assert lines[1] == "  line 3, column 13 of the cell"
    assert lines[-1] == "  the bracket { that opens in line 2, column 11 is never closed"


# ---- completion -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jedi", [True, False])
def test_completion(lab: Kernel, jedi: bool) -> None:
    lab.ok(f"limit = 3\n%config Completer.use_jedi = {jedi}")
    client_id = lab.ok("x = %sw clients;\nx[0].id").text.strip("'")
    assert lab.complete("%sw sta") == ["%sw start", "%sw status", "%sw start-worker"]
    assert {"%%sw file", "%%sw worker", "%%sw page", "%%sw push"} <= set(lab.complete("%%sw "))
    assert lab.complete("%sw clients --in") == ["%sw clients --include-uncontrolled"]
    assert lab.complete("%sw clients --type w") == ["%sw clients --type window", "%sw clients --type worker"]
    assert lab.complete("%sw clients --type=w") == ["%sw clients --type=window", "%sw clients --type=worker"]
    assert lab.complete("%sw close h") == ["%sw close home"]
    assert f"%sw get {client_id}" in lab.complete("%sw get ")
    assert lab.complete("%sw wait ac") == ["%sw wait active", "%sw wait activating", "%sw wait activated"]
    assert "%sw wait active --scope /" in lab.complete("%sw wait active --scope ")
    assert "%sw clients --role waiting" in lab.complete("%sw clients --role ")
    assert lab.complete("%%sw worker -i li") == ["%%sw worker -i limit"]
    assert lab.complete("%%sw worker -i x,li") == ["%%sw worker -i x,limit"]
    assert lab.complete("%sw register /s") == ["%sw register /sw.js"]
    assert lab.complete("1\nx = %sw wind") == ["1\nx = %sw windows"]
    assert lab.complete("%sw --lab l") == ["%sw --lab lab"]


# ---- several labs, and the end ----------------------------------------------------------------------------------


def test_a_start_that_fails_leaves_nothing_behind(lab: Kernel) -> None:
    lines = lab.fails("%sw start --lab three --executable /no/such/chromium")
    assert lines[0].startswith("BrowserUnusable: the Chromium named by")
    assert len(lines) == 2
    assert lab.fails("%sw start --lab three --loop wild")[1] == "  one of thread, kernel"
    assert "three" not in lab.ok("%sw status").text


def test_several_labs(lab: Kernel) -> None:
    lab.ok("%sw start --lab two;")
    assert lab.ok("%sw --lab two windows").text == "no windows"
    assert "home" in lab.ok("%sw --lab lab windows").text
    assert lab.ok("%sw windows").text == "no windows"
    assert "'lab'" in lab.ok("%sw lab lab").text
    assert "home" in lab.ok("%sw windows").text
    assert "lab (current), two" in lab.ok("%sw status").text
    lab.ok("%sw stop --lab two")
    assert lab.fails("%sw windows --lab two")[0].startswith("NotStarted")


def test_start_begins_anew_when_the_browser_has_died(lab: Kernel) -> None:
    lab.ok("import os, signal\nlabs = get_ipython().find_line_magic('sw').__self__.labs")
    lab.ok("os.kill(labs.get().asynchronous.prepared.started.process.pid, signal.SIGKILL)")
    assert lab.fails("%%sw page home --timeout 10\nawait new Promise(() => {})")[0].startswith("BrowserGone")
    assert lab.fails("%sw clients")[0].startswith("BrowserGone")
    assert "gone" in lab.ok("%sw status").text
    lab.ok("%sw start")
    assert "/sw.js" in lab.ok("%sw routes").text
    assert lab.ok("%sw open / --as home").text == "<Window 'home' http://lab.localhost/>"


def test_unload_ends_the_labs_and_takes_all_away(lab: Kernel) -> None:
    lab.ok("%sw status\n%unload_ext swnb")
    assert lab.ok("[lab.started for lab in labs.all]").text == "[False, False]"
    assert "`%sw` not found" in lab.run("%sw status").printed
    assert "%sw status" not in lab.complete("%sw sta")
    lab.ok("%load_ext swnb")
    assert "no lab is started" in lab.ok("%sw status").text
