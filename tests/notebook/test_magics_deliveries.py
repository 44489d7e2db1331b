"""``%sw push``, ``%sw sync`` and ``%sw permissions`` in a real kernel."""

from __future__ import annotations

import pytest

from tests.notebook.session import Kernel

pytestmark = pytest.mark.slow

WORKER = """%%sw file /sw.js
oninstall = () => skipWaiting();
globalThis.got = [];
onpush = (event) => {
  const text = event.data && event.data.text();
  got.push(text);
  if (text === "never") event.waitUntil(new Promise(() => {}));
};
onsync = (event) => got.push([event.tag, event.lastChance]);
onperiodicsync = (event) => got.push([event.tag, "periodic"]);
"""


@pytest.fixture(scope="module")
def lab(kernel: Kernel) -> Kernel:
    kernel.ok("%sw start --timeout 20")
    kernel.ok(WORKER)
    kernel.ok("%sw open / --as home\n%sw register /sw.js\n%sw wait active")
    return kernel


def got(lab: Kernel) -> str:
    return lab.ok("%%sw worker\ngot.splice(0)").text


def test_a_push_of_a_line(lab: Kernel) -> None:
    assert lab.ok("%sw push hello world # as it is, but for this").text == "<push to w1: settled>"
    lab.ok("%sw push")
    lab.ok("%sw push --empty")
    lab.ok('%sw push --json {"a": [1, "x  y"]}')
    lab.ok("%sw push --scope / in a scope")
    assert got(lab) == """['hello world', None, None, '{"a": [1, "x  y"]}', 'in a scope']"""


def test_a_push_of_a_cell(lab: Kernel) -> None:
    lab.ok('%%sw push\n{"chat": 1}\n\n# no comment: $HOME {lab}')
    lab.ok('%%sw push --json\n{\n  "chat": 1\n}')
    lab.ok("%%sw push --empty\n\n")
    assert got(lab) == """['{"chat": 1}\\n\\n# no comment: $HOME {lab}', '{\\n  "chat": 1\\n}', None]"""


def test_the_result_is_an_object(lab: Kernel) -> None:
    assert lab.ok("x = %sw push a;\n(x.type, x.worker, x.failed, x.event.text)").text == "('push', 'w1', False, 'a')"
    assert "push.received" in lab.ok("%sw events --kind push").text


def test_syncs(lab: Kernel) -> None:
    got(lab)
    assert lab.ok("%sw sync outbox --last-chance").text == "<sync to w1: settled>"
    assert lab.ok("%sw sync outbox").text == "<sync to w1: settled>"
    assert lab.ok("%sw sync news --periodic").text == "<periodicsync to w1: settled>"
    assert got(lab) == "[['outbox', True], ['outbox', False], ['news', 'periodic']]"


@pytest.mark.parametrize(
    ("cell", "what", "todo"),
    [
        ("%sw push --json {a: 1}", "InvalidArgument: this is no JSON: Expecting property name", "without --json"),
        ("%sw push --empty text", "InvalidArgument: --empty is a push without data", "leave out one of them"),
        ("%%sw push text\nbelow", "InvalidArgument: `%%sw push` takes its data from the lines below", "write it below"),
        ("%%sw push\n\n", "InvalidArgument: `%%sw push` has no data below it", "`--empty`"),
        ("%sw push x --scope /nowhere", "RegistrationUnknown: no registration has the scope", "http://lab.localhost/"),
        ("%sw push never --timeout 0.2", "WaitTimeout: waited 0.2 s for 'push event over'", "--timeout SECONDS"),
        ("%sw sync", "InvalidArgument: `%sw sync` needs TAG", "--help"),
        (
            "%sw sync a --periodic --last-chance",
            "InvalidArgument: a periodicsync event has no last chance",
            "leave out",
        ),
        ("%sw permissions notification", "InvalidArgument: there is no permission 'notification'", "'notifications'"),
        ("%sw permissions push allowed", "InvalidArgument: there is no setting of a permission 'allowed'", "granted"),
        ("%sw permissions push granted --origin lap", "InvalidArgument: 'lap' is no origin", "did you mean 'lab'?"),
        ("%sw permissions push --reset", "InvalidArgument: --reset takes back everything", "%sw permissions --reset"),
    ],
)
def test_errors(lab: Kernel, cell: str, what: str, todo: str) -> None:
    first, second, *_ = lab.fails(cell)
    assert first.startswith(what)
    assert todo in second


def test_permissions(lab: Kernel) -> None:
    lab.ok("%sw origin other")
    listed = lab.ok("%sw permissions").text.split("\n")
    assert listed[0].split() == ["origin", "permission", "setting"]
    assert [line.split() for line in listed[2:]] == [
        [origin, name, "granted"]
        for origin in ("http://lab.localhost", "http://other.localhost")
        for name in ("notifications", "push")
    ]
    assert lab.ok("%sw permissions notifications").text == "'granted'"
    assert lab.ok("%sw permissions geolocation denied").text == "geolocation is denied for all sites of the lab"
    assert lab.ok("%sw permissions geolocation").text == "'denied'"
    assert lab.ok("%sw permissions push prompt --origin other").text == "push is prompt for other"
    assert lab.ok("%%sw page home\nNotification.permission").text == "'granted'"
    assert "notifications  prompt" in lab.ok("%sw permissions --origin other").text
    assert lab.ok("%sw permissions midi --origin other").text.startswith("midi: nothing was set, and no page is open")
    assert "geolocation" not in lab.ok("%sw permissions --reset").text
    assert lab.ok("%sw permissions geolocation").text == "'prompt'"


def test_completion(lab: Kernel) -> None:
    assert "%sw permissions periodic-background-sync" in lab.complete("%sw permissions per")
    assert lab.complete("%sw permissions push d") == ["%sw permissions push denied"]
    assert "%sw permissions push --origin lab" in lab.complete("%sw permissions push --origin l")
    assert "%sw push --json" in lab.complete("%sw push --j")
    assert "%sw sync a --scope /" in lab.complete("%sw sync a --scope ")


def test_help(lab: Kernel) -> None:
    assert lab.ok("%sw push --help").text.startswith("%sw/%%sw push [TEXT…] [--json] [--empty]")
    assert "--last-chance" in lab.ok("%sw sync --help").text
    assert "[NAME] [SETTING]" in lab.ok("%sw permissions --help").text
