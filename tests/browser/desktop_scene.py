"""A private desktop, a Chromium of its own on it, one page, one service worker: what the tests of the desktop act on."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from swnb.browser import launch
from swnb.browser.connection import Connection
from swnb.browser.find import find_chromium
from swnb.browser.profile import Profile
from swnb.browser.session import Session
from swnb.browser.transport import PipeTransport
from swnb.desktop import Desktop
from swnb.desktop.errors import DesktopLost
from swnb.desktop.notices import Change, Replaced, Shown
from swnb.errors import BrowserGone

LIMIT_S = 60.0

HOME = "<!doctype html><title>home</title>"

WORKER = """\
const heard = [];
let tell = () => {};
const note = entry => { heard.push(entry); tell(); };
addEventListener("install", event => event.waitUntil(skipWaiting()));
addEventListener("activate", event => event.waitUntil(clients.claim()));
for (const type of ["notificationclick", "notificationclose"])
  addEventListener(type, event => note({
    type, trusted: event.isTrusted, action: event.action ?? "", reply: event.reply ?? null,
    title: event.notification.title, tag: event.notification.tag,
  }));
/** The first `count` events, once there are so many. */
const first = async count => {
  while (heard.length < count) await new Promise(resolve => tell = resolve);
  return heard.slice(0, count);
};
"""

REGISTER = """\
await navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.controller ??
  new Promise(resolve => navigator.serviceWorker.oncontrollerchange = resolve)).then(() => Notification.permission)"""

SITE = {"/": ("text/html", HOME), "/sw.js": ("text/javascript", WORKER)}


class Place:
    """A page or a worker, and evaluating there."""

    def __init__(self, session: Session) -> None:
        self.session = session

    async def evaluate(self, source: str) -> Any:
        answer: Any = await self.session.send(
            "Runtime.evaluate",
            {"expression": source, "awaitPromise": True, "returnByValue": True, "replMode": True},
            timeout_s=LIMIT_S,
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]["exception"].get("description")
        return answer["result"].get("value")


class Scene:
    """What is on the stage; `changes` are the desktop's, in order, as far as nobody took them yet."""

    def __init__(self, desktop: Desktop, root: Session, process: Any, port: int) -> None:
        self.desktop = desktop
        self.root = root
        self.process = process
        self.port = port
        self.changes: asyncio.Queue[Change] = asyncio.Queue()
        self.lost: asyncio.Queue[DesktopLost] = asyncio.Queue()
        self.page: Place
        self.worker: Place
        self.worker_target = ""

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    async def change(self, *kinds: type[Change]) -> Any:
        """Return the next change of the desktop that is of one of `kinds`, or just the next one."""
        while True:
            change = await asyncio.wait_for(self.changes.get(), LIMIT_S)
            if not kinds or isinstance(change, kinds):
                return change

    async def show(self, title: str, **options: Any) -> Any:
        """Let the worker show a notification; return what the desktop heard."""
        await self.worker.evaluate(
            f"await registration.showNotification({json.dumps(title)}, {json.dumps(options)}); 0"
        )
        return await self.change(Shown, Replaced)

    async def attach(self, target_id: str) -> Place:
        answer: Any = await self.root.send("Target.attachToTarget", {"targetId": target_id, "flatten": True})
        return Place(Session(self.root.connection, answer["sessionId"], target_id))

    async def open(self, path: str = "/", **where: Any) -> Place:
        loaded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        created: Any = await self.root.send("Target.createTarget", {"url": "about:blank", **where})
        place = await self.attach(created["targetId"])
        await place.session.send("Page.enable")
        place.session.on("Page.loadEventFired", lambda _: None if loaded.done() else loaded.set_result(None))
        await place.session.send("Page.navigate", {"url": self.origin + path})
        await asyncio.wait_for(loaded, LIMIT_S)
        return place

    async def find_worker(self) -> Place:
        """Attach to the service worker's target."""
        answer: Any = await self.root.send("Target.getTargets")
        (info,) = (one for one in answer["targetInfos"] if one["type"] == "service_worker")
        self.worker_target = info["targetId"]
        return await self.attach(info["targetId"])


class _Handler(BaseHTTPRequestHandler):
    """Answers with the sources of `SITE`."""

    def do_GET(self) -> None:  # the name that BaseHTTPRequestHandler looks for
        kind, text = SITE.get(self.path, ("text/plain", ""))
        body = text.encode()
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def site() -> Iterator[int]:
    """Serve the small site; give its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@asynccontextmanager
async def browser(environment: Mapping[str, str], *flags: str) -> AsyncIterator[tuple[Session, Any]]:
    """Start a Chromium; give the session of the browser itself and the process."""
    profile = Profile.create()
    argv = launch.command_line(find_chromium(), profile=profile.user_data, open_network=True, extra=flags)
    process = launch.spawn(argv, env={**os.environ, **profile.environment, **environment}, log_path=profile.log_path)
    connection = Connection(PipeTransport(*process.take_pipe()), asyncio.get_running_loop())
    try:
        yield Session(connection), process
    finally:
        connection.close(BrowserGone("the scene is over"))
        process.end()
        profile.remove()


@asynccontextmanager
async def scene(*flags: str, worker: bool = True, desktop: Desktop | None = None) -> AsyncIterator[Scene]:
    """Set the stage: the page is open, its worker is active and attached, notifications are granted."""
    async with AsyncExitStack() as stack:
        port = stack.enter_context(site())
        desktop = desktop or Desktop.begin()
        stack.push_async_callback(desktop.stop)
        root, process = await stack.enter_async_context(browser(desktop.environment, *flags))
        desktop.start()
        stage = Scene(desktop, root, process, port)
        await desktop.serve(stage.changes.put_nowait, stage.lost.put_nowait)
        await desktop.ready()  # until Chromium has its answers it forgets what is shown, and clicks on it are lost
        await root.send("Browser.grantPermissions", {"permissions": ["notifications"], "origin": stage.origin})
        if worker:
            stage.page = await stage.open()
            permission = await stage.page.evaluate(REGISTER)
            assert permission == "granted", permission
            stage.worker = await stage.find_worker()
        yield stage
