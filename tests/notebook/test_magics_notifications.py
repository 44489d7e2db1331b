"""The verbs of notifications and window interaction, in a real kernel."""

from __future__ import annotations

import pytest

from tests.notebook.session import Kernel

pytestmark = pytest.mark.slow

WORKER = """%%sw file /sw.js
oninstall = () => skipWaiting();
onactivate = e => e.waitUntil(clients.claim());
globalThis.heard = [];
onnotificationclick = e => {
  heard.push([e.action, e.reply]);
  if (e.notification.tag === 'slow') e.waitUntil(new Promise(() => {}));
};
onnotificationclose = e => heard.push('close');
"""
HOSTILE = "<img src=x onerror=alert(1)></table>\\u202e\\u001b[31m"
SHOW = "%%sw worker\nawait registration.showNotification("
ACTIONS = "actions: [{action: 'read', title: 'Mark as read'}, {action: 'answer', type: 'text', title: 'Answer'}]"


def show(kernel: Kernel, arguments: str) -> None:
    kernel.ok(f"{SHOW}{arguments})\n")
    kernel.ok("event = %sw wait notification;")


@pytest.fixture(scope="module")
def lab(kernel: Kernel) -> Kernel:
    """A kernel with a lab, a window `home`, a worker, and two notifications."""
    kernel.ok("%sw start --timeout 20")
    kernel.ok("%%sw file /\n<!doctype html>home")
    kernel.ok(WORKER)
    kernel.ok("%sw open / --as home\n%sw register /sw.js\n%sw wait controlled home")
    kernel.ok("lab = get_ipython().find_line_magic('sw').__self__.labs.get()\nmark = lab.mark()")
    kernel.ok("lab.run(lab.asynchronous.desk.desktop.ready)")
    show(kernel, f"'{HOSTILE}', {{tag: 'hostile', body: '{HOSTILE}', data: '{HOSTILE}'}}")
    show(kernel, f"'New messages', {{tag: 'chat', body: '3 of them', data: {{n: 3}}, {ACTIONS}}}")
    return kernel


def heard(kernel: Kernel) -> str:
    return kernel.ok("%%sw worker\nJSON.stringify(heard.splice(0))\n").text


def test_notifications_are_a_table_of_text(lab: Kernel) -> None:
    output = lab.ok("found = %sw notifications")
    assert "<table>" in output.html and "2 notifications, 2 still shown" in output.html
    assert "● <strong>yes</strong>" in output.html and "Mark as read" in output.html
    assert "chat" in output.text and "read ('Mark as read" in output.text
    assert lab.ok("len(found), found[-1].data, found['chat'].number").text == "(2, {'n': 3}, 2)"
    for line in ("%sw notifications", "lab.notifications[0]", "lab.notifications", "%sw events --kind notification"):
        shown = lab.ok(line)
        assert "<img" not in shown.html and "&lt;img" in shown.html
        for text in (shown.html, shown.text):
            assert "\u202e" not in text and "\x1b" not in text


@pytest.mark.parametrize(
    ("line", "came"),
    [
        ("click", '[["",null]]'),
        ("click chat", '[["",null]]'),
        ("click 2", '[["",null]]'),
        ("click -1", '[["",null]]'),
        ("click New", None),
        ("click 'New messages' --action read", '[["read",null]]'),
        ("click chat --action 'Mark as read'", '[["read",null]]'),
        ("click chat --action answer --reply 'On my way'", '[["","On my way"]]'),
        ("click --reply yes --timeout 5", '[["","yes"]]'),
        ("click hostile", '[["",null]]'),
    ],
)
def test_clicks(lab: Kernel, line: str, came: str | None) -> None:
    if came is None:
        assert lab.fails(f"%sw {line}")[0].startswith("NotificationUnknown: ")
        return
    output = lab.ok(f"outcome = %sw {line}")
    assert "notificationclick was dispatched to w1, settled" in output.text
    assert "<table>" in output.html and "settled" in output.html
    assert heard(lab) == repr(came)


@pytest.mark.parametrize(
    ("line", "first", "second"),
    [
        ("click chta", "NotificationUnknown: no notification has the tag or title 'chta'", "  did you mean 'chat'?"),
        ("click 99", "NotificationUnknown: there is no notification 99", "  shown now: 1 "),
        ("click -99", "NotificationUnknown: there is no notification at index -99", "  shown now: 1 "),
        ("dismiss nothing", "NotificationUnknown: no notification has the tag or title 'nothing'", ""),
        ("click 2 --action raed", "NoSuchAction: the notification 2 'New messages' has no action 'raed'", "  did you mean 'read'"),
        ("click chat --action settings", "NoSuchAction: ", "  it has: read ('Mark as read'), answer ('Answer') …"),
        ("click chat --action answer", "InvalidArgument: the action 'answer' is a field for a reply", "  give a text"),
        ("click hostile --reply x", "InvalidArgument: the notification 1 ", "  the script gives it one"),
        ("click chat --timeout 0", "InvalidArgument: --timeout of `%sw click` cannot be '0'", ""),
        ("click chat --acton read", "InvalidArgument: `%sw click` has no option --acton", "  did you mean --action?"),
        ("click chat extra", "InvalidArgument: `%sw click` does not know what to do with 'extra'", ""),
        ("dismiss --action x", "InvalidArgument: `%sw dismiss` has no option --action", ""),
        ("wait settled now", "InvalidArgument: 'settled now' cannot be waited for", ""),
        ("open-window / --activation", "InvalidArgument: `%sw open-window` has no option --activation", ""),
    ],
)  # fmt: skip
def test_bad_input_gets_two_lines(lab: Kernel, line: str, first: str, second: str) -> None:
    lines = lab.fails(f"%sw {line}")
    assert lines[0].startswith(first)
    assert len(lines) == 2
    assert lines[1].startswith(second or "  ")
    assert heard(lab) == "'[]'"


def test_a_click_that_goes_on(lab: Kernel) -> None:
    show(lab, "'slow', {tag: 'slow'}")
    lines = lab.fails("%sw click slow --timeout 0.2")
    assert lines[0].startswith(
        "NotificationTimeout: waited 0.2 s for \"click on 'slow'\"; now: notificationclick was dispatched"
    )
    assert lines[0].endswith("it still runs") and len(lines) == 2
    lab.ok("%sw dismiss slow")
    assert heard(lab) == """'[["",null],"close"]'"""
    lab.ok("%sw stop-worker")
    assert lab.fails("%sw click slow")[0].endswith("is gone: dismissed by the user")


def test_wait(lab: Kernel) -> None:
    assert lab.ok("e = %sw wait notification chat --since mark;\ne.title, e.number").text == "('New messages', 2)"
    assert lab.ok("e = %sw wait notification New messages --since mark;\ne.number").text == "2"
    lines = lab.fails("%sw wait notification nope --timeout 0.1 --since mark")
    assert "no notification with the tag or title 'nope' came to the desktop, but" in lines[0]
    assert "notification.clicked" in lines[1] and "last: " in lines[1]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%sw click ", "%sw click chat"),
        ("%sw click ho", "%sw click hostile"),
        ("%sw dismiss c", "%sw dismiss chat"),
        ("%sw click chat --a", "%sw click chat --action"),
        ("%sw wait notification ch", "%sw wait notification chat"),
        ("%sw wait noti", "%sw wait notification"),
        ("%sw noti", "%sw notifications"),
        ("%sw focus home --no", "%sw focus home --no-activation"),
    ],
)
def test_completion(lab: Kernel, line: str, expected: str) -> None:
    assert expected in lab.complete(line)


def test_window_interaction(lab: Kernel) -> None:
    known = lab.ok("len(lab.notifications)").text
    assert "/?one" in lab.ok("%sw open-window /?one").text
    assert "home" in lab.ok("%sw focus home").text
    assert lab.ok("%%sw worker --activation -o found\n(await clients.openWindow('/?two')).url\n").text.endswith(
        "/?two'"
    )
    assert lab.ok("found").text.endswith("/?two'")
    for line in ("%sw open-window / --no-activation", "%sw focus home --no-activation"):
        lines = lab.fails(line)
        assert lines[0].startswith("JavaScriptError: InvalidAccessError: Not allowed to") and len(lines) == 2
    refused = lab.fails("%%sw worker\nawait clients.openWindow('/')\n")
    assert refused[0] == "JavaScriptError: InvalidAccessError: Not allowed to open a window."
    assert "--activation gives the cell one" in refused[-1]
    assert (lab.ok("len(lab.notifications)").text, heard(lab)) == (known, "'[]'")


@pytest.mark.parametrize("verb", ["notifications", "click", "dismiss", "open-window", "focus"])
def test_help(lab: Kernel, verb: str) -> None:
    assert lab.ok(f"%sw {verb} --help").text.startswith(f"%sw {verb} ")


def test_dismissing_and_what_is_gone(lab: Kernel) -> None:
    assert "notificationclose was dispatched to w1, settled" in lab.ok("%sw dismiss chat").text
    assert heard(lab) == """'["close"]'"""
    lines = lab.fails("%sw click chat")
    assert lines[0] == "NotificationGone: the notification 2 'New messages' is gone: dismissed by the user"
    assert lines[1].startswith("  shown now: 1 ")
    lab.ok("%sw dismiss")
    assert lab.fails("%sw click")[0] == "NotificationUnknown: no notification is shown"
    assert lab.ok("%sw notifications --shown").text == "no notifications"
    assert "○ dismissed by the user" in lab.ok("%sw notifications").html


def test_they_are_there_when_the_lab_is_stopped(lab: Kernel) -> None:
    lab.ok("%sw stop")
    assert "New messages" in lab.ok("%sw notifications").text
    assert lab.fails("%sw click chat")[0].startswith("NotStarted: ")


def test_the_kernel_s_own_loop(lab: Kernel) -> None:
    lab.ok("%sw start --loop kernel --lab second")
    lab.ok("%%sw file / --lab second\n<!doctype html>home")
    lab.ok(WORKER.replace("/sw.js", "/sw.js --lab second", 1))
    lab.ok("%sw open / --as home --lab second\n%sw register /sw.js --lab second\n%sw wait controlled home --lab second")
    lab.ok("second = get_ipython().find_line_magic('sw').__self__.labs.get('second')")
    lab.ok("second.run(second.asynchronous.desk.desktop.ready)")
    assert "/?one" in lab.ok("%sw open-window /?one --lab second").text
    lab.ok("%%sw worker --lab second\nawait registration.showNotification('T', {tag: 't'})\n")
    lab.ok("%sw wait notification t --lab second")
    assert "settled" in lab.ok("%sw click t --lab second").text
    assert "settled" in lab.ok("%sw dismiss --lab second").text
    lab.ok("%sw stop --all")
