"""The agent in every context of a real browser, and what it says: nothing but the protocol, so that the agent is tested alone.

A `Stage` is one browser with a small site. With ``agent=False`` nothing is put in, and what a page sees then is the standard.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from types import TracebackType
from typing import Any, TypeVar

import msgspec

from swnb.probe.facts import AnyFact, Batch, Hello, Trouble, decode_batch
from swnb.probe.script import agent_source
from tests.browser.bare_pipe import BarePipe

BINDING, SECRET = "binding5f1e", "secret-2c9d:"
CHILDREN = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True,
            "filter": [{"type": "worker"}, {"type": "iframe"}]}  # fmt: skip
TARGETS = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True,
           "filter": [{"type": "browser", "exclude": True}, {"type": "tab", "exclude": True}, {}]}  # fmt: skip
F = TypeVar("F", bound=msgspec.Struct)


class Thrown(Exception):  # noqa: N818 - what JavaScript threw is not always an error
    """What a context threw."""


@dataclass(eq=False)
class Context:
    """One execution context, and what its agent said."""

    session: Session
    number: int
    batches: list[Batch] = field(default_factory=list)

    @property
    def facts(self) -> list[AnyFact]:
        return [fact for batch in self.batches for fact in batch.facts]

    def of(self, which: type[F]) -> list[F]:
        """Return its facts of one kind."""
        return [fact for fact in self.facts if isinstance(fact, which)]


@dataclass(eq=False)
class Session:
    """One target."""

    stage: Stage
    id: str
    kind: str
    url: str
    target: str
    opener: str | None = None
    contexts: list[Context] = field(default_factory=list)
    console: list[Any] = field(default_factory=list)

    def call(self, method: str, **params: Any) -> Any:
        return self.stage.wait(self.stage.post(method, self.id, **params))

    def value(self, expression: str, *, context: int | None = None) -> Any:
        """Evaluate; a promise is awaited; the value must be JSON.

        Raises
        ------
        Thrown
            What it throws.
        """
        where: dict[str, Any] = {} if context is None else {"contextId": context}
        how = {"awaitPromise": True, "returnByValue": True, "userGesture": True}
        answer = self.call("Runtime.evaluate", expression=expression, **how, **where)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise Thrown(details.get("exception", {}).get("description", details["text"]))
        return answer["result"].get("value")

    def of(self, which: type[F]) -> list[F]:
        """Return the facts of one kind of all its contexts, once none that lives holds any back."""
        if self.id in self.stage.sessions and self.contexts and not self.stage.taking:
            last = self.contexts[-1]
            self.stage.until(
                lambda: not last.batches or not last.batches[-1].more or last is not self.contexts[-1], 2.0
            )
        return [fact for context in self.contexts for fact in context.of(which)]


class Stage(BarePipe):
    """A browser and a site at `url`; `there` is the same site on another origin."""

    def __init__(self, *, agent: bool = True, limit: int = 65536) -> None:
        self.source = agent_source(BINDING, SECRET, limit) if agent else None
        self.taking = False
        self.files: dict[str, tuple[str, str]] = {}
        self.answers: dict[int, Any] = {}
        self.sessions: dict[str, Session] = {}
        self.ended: list[Session] = []
        self.heard: list[str] = []
        self._scopes = 0
        self._server = _serve(self.files)
        port = self._server.server_address[1]
        self.url, self.there = f"http://lab.localhost:{port}", f"http://there.localhost:{port}"
        super().__init__()
        self.session = None
        self.call("Target.setAutoAttach", **TARGETS)

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        super().__exit__(kind, error, tb)
        self._server.shutdown()
        self._server.server_close()

    # ---- the site and its windows -------------------------------------------------------------------------------

    def serve(self, path: str, body: str, kind: str = "text/html") -> None:
        self.files[path] = body, "text/javascript" if path.endswith(".js") else kind

    def open(self, path: str = "/", body: str | None = None) -> Session:
        """Open a window and wait until it is loaded."""
        if body is not None or path not in self.files:
            self.serve(path, f"<!doctype html><title>{path}</title>{body or ''}")
        target = self.call("Target.createTarget", url="about:blank", newWindow=True)["targetId"]
        window: Session = self.until(lambda: self.of_target(target))
        window.call("Page.enable")
        self.go(window, path)
        return window

    def go(self, window: Session, path: str) -> None:
        """Navigate and wait until it is loaded."""
        window.call("Page.navigate", url=self.url + path)
        self.until(lambda: window.value("location.href !== 'about:blank' && document.readyState === 'complete'"))

    def controlled(self, worker: str, body: str = "") -> tuple[Session, Session]:
        """Open a window that a service worker of its own controls; return both."""
        self._scopes += 1
        scope = "/" if self._scopes == 1 else f"/scope{self._scopes}/"
        self.serve(
            f"{scope}sw.js", "oninstall = e => skipWaiting(); onactivate = e => e.waitUntil(clients.claim());" + worker
        )
        window = self.open(scope, body)
        window.value(
            f"(async () => {{ const all = navigator.serviceWorker; await all.register('{scope}sw.js');"
            f"while (!all.controller?.scriptURL.endsWith('{scope}sw.js')) await new Promise(f => setTimeout(f, 10)); }})()"
        )
        return window, self.of_type("service_worker")[-1]

    def of_target(self, target: str) -> Session | None:
        return next((one for one in self.sessions.values() if one.target == target), None)

    def of_type(self, kind: str) -> list[Session]:
        return [one for one in self.sessions.values() if one.kind == kind]

    # ---- commands and events ------------------------------------------------------------------------------------

    def call(self, method: str, **params: Any) -> Any:
        return self.wait(self.post(method, self.session or "", **params))

    def post(self, method: str, session: str = "", /, **params: Any) -> int:
        self._sent += 1
        message: dict[str, Any] = {"id": self._sent, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = memoryview(json.dumps(message).encode() + b"\0")
        while data:
            data = data[os.write(self.write, data) :]
        return self._sent

    def wait(self, number: int) -> Any:
        while number not in self.answers:
            self.take()
        answer = self.answers.pop(number)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def until(self, condition: Callable[[], Any], timeout_s: float = 20.0) -> Any:
        """Wait until `condition()` is true; return what it gave."""
        deadline = monotonic() + timeout_s
        before, self.taking = self.taking, True  # what is looked at here is what there is by now
        try:
            while not (found := condition()):
                assert monotonic() < deadline, "it has not come"
                self.call("Browser.getVersion")  # a round trip: meanwhile events come
        finally:
            self.taking = before
        return found

    def take(self) -> None:
        """Take one message."""
        message = self._message()
        if "id" in message:
            self.answers[message["id"]] = message
            return
        session = self.sessions.get(message.get("sessionId", ""))
        handler = getattr(self, "_on_" + message["method"].replace(".", "_"), None)
        if handler:
            handler(session, message["params"])

    def _on_Target_attachedToTarget(self, parent: Session | None, params: Any) -> None:  # noqa: N802
        info = params["targetInfo"]
        if any(one.target == info["targetId"] for one in self.sessions.values()) or info["type"] == "browser_ui":
            return
        session = Session(self, params["sessionId"], info["type"], info["url"], info["targetId"], info.get("openerId"))
        self.sessions[session.id] = session
        self._install(session)
        self.post("Runtime.runIfWaitingForDebugger", session.id)

    def _install(self, session: Session) -> None:
        self.post("Runtime.enable", session.id)
        self.post("Target.setAutoAttach", session.id, **CHILDREN)
        if self.source is None:
            return
        self.post("Runtime.addBinding", session.id, name=BINDING)
        if session.kind in {"page", "iframe"}:
            self.post("Page.enable", session.id)
            self.post("Page.addScriptToEvaluateOnNewDocument", session.id, source=self.source, runImmediately=True)
        else:
            self.post("Runtime.evaluate", session.id, expression=self.source)

    def _on_Inspector_targetReloadedAfterCrash(self, session: Session, _: Any) -> None:  # noqa: N802
        self._install(session)
        self.post("Runtime.runIfWaitingForDebugger", session.id)

    def _on_Target_detachedFromTarget(self, _: Session | None, params: Any) -> None:  # noqa: N802
        if params["sessionId"] in self.sessions:
            self.ended.append(self.sessions.pop(params["sessionId"]))

    def _on_Runtime_bindingCalled(self, session: Session, params: Any) -> None:  # noqa: N802
        number = params["executionContextId"]
        context = next((one for one in session.contexts if one.number == number), None)
        if context is None:
            session.contexts.append(context := Context(session, number))
        self.heard.append(params["payload"])
        context.batches.append(decode_batch(params["payload"]))

    def _on_Runtime_consoleAPICalled(self, session: Session, params: Any) -> None:  # noqa: N802
        session.console.append(params)

    # ---- what was said ------------------------------------------------------------------------------------------

    def facts(self, which: type[F]) -> list[F]:
        """Return the facts of one kind of all contexts that ever were."""
        return [fact for session in [*self.ended, *self.sessions.values()] for fact in session.of(which)]

    @property
    def troubles(self) -> list[Trouble]:
        return self.facts(Trouble)

    @property
    def hellos(self) -> list[Hello]:
        return self.facts(Hello)


def _serve(files: dict[str, tuple[str, str]]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = files.get(self.path.partition("?")[0])
            body = (found[0] if found else "nothing here").encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", f"{found[1] if found else 'text/plain'}; charset=utf-8")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
