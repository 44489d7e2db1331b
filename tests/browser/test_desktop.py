"""Notifications of a real Chromium on a private desktop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from swnb.desktop import Desktop
from swnb.desktop.errors import DesktopLost
from swnb.desktop.notices import Action, Closed, CloseReason, Replaced, Shown
from tests.browser.desktop_scene import LIMIT_S, Scene, scene

pytestmark = pytest.mark.slow

TWO = [{"action": "yes", "title": "Yes"}, {"action": "no", "title": "No"}]


def play(act: Callable[[Scene], Awaitable[None]], **how: Any) -> None:
    async def whole() -> None:
        async with scene(**how) as stage:
            await act(stage)

    asyncio.run(whole())


async def events(stage: Scene, count: int) -> Any:
    """The worker's first `count` events of notifications, as (type, action, title), all of them trusted."""
    heard = await stage.worker.evaluate(f"await first({count})")
    assert all(event["trusted"] for event in heard)
    return [(event["type"], event["action"], event["title"]) for event in heard]


def test_clicks_buttons_replacement_dismissal() -> None:
    async def act(stage: Scene) -> None:
        notice = (await stage.show("one", tag="t", body="text", actions=TWO)).notice
        assert (notice.title, notice.body, notice.origin) == ("one", "text", stage.origin)
        assert notice.buttons == (Action("0", "Yes"), Action("1", "No"))
        assert [action.key for action in notice.actions] == ["0", "1", "default", "settings"]
        for action in ("default", "0", "1"):
            stage.desktop.invoke(notice.id, action)
        clicks = [("notificationclick", action, "one") for action in ("", "yes", "no")]
        assert await events(stage, 3) == clicks

        change = await stage.show("two", tag="t", actions=TWO[1:])
        assert isinstance(change, Replaced)
        assert (change.notice.id, change.before) == (notice.id, notice)
        assert change.notice.buttons != notice.buttons  # Chromium goes on counting
        stage.desktop.invoke(notice.id, change.notice.buttons[0].key)
        assert (await events(stage, 4))[3] == ("notificationclick", "no", "two")

        stage.desktop.close(notice.id)
        assert (await events(stage, 5))[4] == ("notificationclose", "", "two")
        assert await stage.worker.evaluate("(await registration.getNotifications()).length") == 0
        assert stage.desktop.notices == {}

    play(act)


def test_a_click_grants_window_interaction() -> None:
    async def act(stage: Scene) -> None:
        await stage.worker.evaluate(
            "addEventListener('notificationclick', e => e.waitUntil(clients.openWindow('/')));0"
        )
        before = await stage.worker.evaluate("(await clients.matchAll()).length")
        stage.desktop.invoke((await stage.show("open")).notice.id)
        count = "(await clients.matchAll()).length"
        await events(stage, 1)
        source = f"let n; while ((n = {count}) === {before}) await new Promise(r => setTimeout(r)); n"
        assert await stage.worker.evaluate(source) == before + 1

    play(act)


def test_closed_by_the_worker_and_notices_of_a_page() -> None:
    async def act(stage: Scene) -> None:
        notice = (await stage.show("mine")).notice
        await stage.worker.evaluate("(await registration.getNotifications())[0].close()")
        assert await stage.change() == Closed(notice, CloseReason.CLOSED)

        listen = "on{0} = e => told.push([e.type, e.isTrusted])"
        handlers = "; ".join(f"shown.{listen.format(kind)}" for kind in ("click", "close"))
        await stage.page.evaluate(f"told = []; shown = new Notification('page', {{body: 'b'}}); {handlers}; 0")
        notice = (await stage.change(Shown)).notice
        assert (notice.title, notice.body, notice.origin) == ("page", "b", stage.origin)
        stage.desktop.invoke(notice.id)
        stage.desktop.close(notice.id)
        source = "while (told.length < 2) await new Promise(r => setTimeout(r)); told"
        assert await stage.page.evaluate(source) == [["click", True], ["close", True]]

    play(act)


def test_no_ghosts_stay() -> None:
    """Chromium forgets what is closed or replaced before it knows its number; see `NotificationService.folder_removed`."""

    async def act(stage: Scene) -> None:
        for _ in range(40):
            notice = (await stage.show("brief")).notice
            await stage.worker.evaluate("(await registration.getNotifications())[0].close()")
            assert await stage.change() == Closed(notice, CloseReason.CLOSED)
        await stage.worker.evaluate("for (let i = 0; i < 9; i++) registration.showNotification(i, {tag: 't'}); 0")
        await stage.worker.evaluate("await registration.showNotification('last', {tag: 'last'}); 0")
        while (await stage.change(Shown)).notice.title != "last":
            pass
        while len(stage.desktop.notices) > 2:
            await stage.change()
        (notice,) = (each for each in stage.desktop.notices.values() if each.title != "last")
        stage.desktop.invoke(notice.id)
        assert await events(stage, 1) == [("notificationclick", "", notice.title)]

    play(act)


TEXTS = {
    "markup": '\'<b>&amp;</b> &lt; <img src="file:///etc/passwd" alt=""/>\'',
    "emoji": "'tïtle 👩‍👩‍👧 \\u{f0000}'",
    "control": "String.fromCharCode(...Array.from({length: 31}, (_, i) => i + 1), 127, 128, 159)",
    "lines": "'\\n\\n a\\r\\n\\t b '",
    "directions": "'a\\u202eb\\u200b\\ufeff'",
    "long": "'é😀'.repeat(20000)",
    "empty": "''",
}


def test_texts_come_exactly() -> None:
    async def act(stage: Scene) -> None:
        for name, text in TEXTS.items():
            label = text if name != "empty" else "'x'"
            options = f"{{body: {text}, actions: [{{action: 'a', title: {label}}}]}}"
            await stage.worker.evaluate(f"await registration.showNotification({text}, {options}); 0")
            notice = (await stage.change(Shown)).notice
            want = await stage.worker.evaluate(text)
            assert (notice.title, notice.body) == (want, want), name
            assert notice.buttons[0].label == await stage.worker.evaluate(label), name

    play(act)


def test_what_chromium_changes_in_a_text() -> None:
    async def act(stage: Scene) -> None:
        for given, got in (("a\n\n", "a"), ("a\0b", "a"), ("a\ud800b", "a\ufffdb")):
            assert (await stage.show("t", body=given)).notice.body == got

    play(act)


PICTURE = """\
const picture = async (width, height) => {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").fillRect(0, 0, width, height);
  const blob = await canvas.convertToBlob();
  return `data:image/png;base64,${new Uint8Array(await blob.arrayBuffer()).toBase64()}`;
};
0"""


def test_pictures_and_options() -> None:
    async def act(stage: Scene) -> None:
        await stage.worker.evaluate(PICTURE)
        pictures = "icon: await picture(20, 10), image: await picture(300, 100)"
        options = f"{{{pictures}, body: 'b', requireInteraction: true, silent: true}}"
        await stage.worker.evaluate(f"await registration.showNotification('p', {options}); 0")
        notice = (await stage.change(Shown)).notice
        assert (notice.icon.width, notice.icon.height) == (20, 10)
        assert notice.icon.png.startswith(b"\x89PNG")
        assert (notice.image.width, notice.image.height) == (200, 66)  # the most that the specification allows
        assert (notice.body, notice.require_interaction, notice.silent) == ("b", True, True)

    play(act)


def test_an_inline_reply() -> None:
    async def act(stage: Scene) -> None:
        fields = [{"type": "text", "action": "say", "title": "Say", "placeholder": "what?"}]
        notice = (await stage.show("ask", actions=fields)).notice
        assert (notice.buttons, notice.reply_placeholder) == ((Action("inline-reply", "Say"),), "what?")
        stage.desktop.reply(notice.id, "hällo 😀\n<b>\ufffe")
        (heard,) = await stage.worker.evaluate("await first(1)")
        assert (heard["trusted"], heard["action"], heard["reply"]) == (True, "", "hällo 😀\n<b>\ufffe")

    play(act)


def test_five_hundred() -> None:
    async def act(stage: Scene) -> None:
        count, text = 500, "x" * 10_000
        source = f"registration.showNotification(i + {text!r}, {{tag: `t${{i}}`}})"
        await stage.worker.evaluate(f"for (let i = 0; i < {count}; i++) {source}; 0")
        shown = [(await stage.change(Shown)).notice for _ in range(count)]
        assert sorted(int(notice.title.removesuffix(text)) for notice in shown) == list(range(count))
        assert list(stage.desktop.notices) == [notice.id for notice in shown]
        for notice in shown:
            stage.desktop.invoke(notice.id)
        for notice in shown:
            stage.desktop.close(notice.id)
        heard = await stage.worker.evaluate(f"(await first({2 * count})).map(e => [e.type, e.tag])")
        for kind in ("notificationclick", "notificationclose"):
            assert len({tag for type_, tag in heard if type_ == kind}) == count

    play(act)


def test_what_is_shown_before_anybody_serves() -> None:
    """The name is owned from the start, so Chromium waits for us and has no fallback."""

    class Late(Desktop):
        async def serve(self, *arguments: Any, **options: Any) -> None:
            """Do nothing yet."""

        async def ready(self) -> None:
            """Be as before."""

    async def act(stage: Scene) -> None:
        await stage.worker.evaluate("await registration.showNotification('early'); 0")
        await Desktop.serve(stage.desktop, stage.changes.put_nowait)
        assert (await stage.change()).notice.title == "early"

    play(act, desktop=Late.begin())


def test_the_users_own_bus_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(stage: Scene) -> None:
        assert (await stage.show("here")).notice.title == "here"

    other = Desktop.begin()
    try:
        for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_STARTER_ADDRESS"):
            monkeypatch.setenv(name, other.address)
        changes: list[Any] = []

        async def whole() -> None:
            await other.serve(changes.append)
            async with scene() as stage:
                await act(stage)

        asyncio.run(whole())
        assert changes == []
    finally:
        other.discard()


def test_the_bus_is_killed() -> None:
    import psutil

    async def act(stage: Scene) -> None:
        notice = (await stage.show("before")).notice
        (daemon,) = psutil.Process(stage.desktop._bus.pid).children()
        daemon.kill()
        lost = await asyncio.wait_for(stage.lost.get(), LIMIT_S)
        assert isinstance(lost, DesktopLost)
        assert not stage.desktop.alive
        assert stage.desktop.notices == {notice.id: notice}
        for ask in (stage.desktop.invoke, stage.desktop.close):
            with pytest.raises(DesktopLost, match="dbus-daemon ended"):
                ask(notice.id)
        assert stage.process.wait(LIMIT_S) is not None  # Chromium cannot live without its bus

    play(act)
