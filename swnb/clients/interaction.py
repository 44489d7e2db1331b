"""Window interaction for what swnb evaluates in a worker: the expression runs inside a real click on a private notification.

Service Workers, "Clients: openWindow" and "WindowClient: focus" ask for it; Chromium grants it for one call in each click on a
notification, for ten seconds. The click is that of `Desktop`, in answer to what the worker's agent (``agent/79_activation.js``)
shows; neither the worker nor a page sees anything of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

from swnb.browser.exchange import NeedsLoop
from swnb.browser.realm import Realm
from swnb.browser.service_workers import Version
from swnb.browser.session import Session
from swnb.errors import EvaluationTimeout, LabError, TargetGone
from swnb.vocab import WorkerRole

LIFE_S: Final = 10.0
"""How long the browser lets window interaction live; a click of the user's that is not over yet is waited for as long."""

LOST_AFTER_S: Final = 0.02
"""How long after its end a private notification's click may still come."""

ANSWER_S: Final = 5.0
"""How long showing and clicking may take beyond that."""

ACTIVATE: Final = "function (secret) { return this.activate(secret); }"
RETRY: Final = "function (tag) { this.retry(tag); }"
RELEASE: Final = "function () { this.release(); }"
ASK: Final = """async function (secret) {
  const refusal = await this.activate(secret);
  if (refusal) return { refusal };
  const { clients = globalThis.clients } = this;
  try { return { value: await (%s) }; } finally { this.release(); }
}"""


class InteractionDenied(LabError):  # noqa: N818 (as all in `swnb.errors`)
    """The browser does not let a notification be shown, so there is no click and no window interaction.

    Attributes
    ----------
    name, message
        Of the browser's refusal.
    """

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        self.message = message
        super().__init__(
            f"no window interaction: the browser shows no notification ({name}: {message})",
            'allow it: `lab.permissions.set("notifications", "granted")`; without a click: `--no-activation`',
        )


class Interactions:
    """Grants window interaction, to one expression of a worker at a time: Chromium counts for the worker, not for the click.

    Parameters
    ----------
    check
        Raises where notifications cannot be clicked: no bus, a remote browser.
    secret
        Gives what titles and tags of private notifications begin with.
    granted
        Called with the worker that has got it.
    """

    def __init__(
        self, check: Callable[[], None], secret: Callable[[], str], granted: Callable[[Version], None]
    ) -> None:
        self._check = check
        self._secret = secret
        self._granted = granted
        self._locks: WeakKeyDictionary[Session, asyncio.Lock] = WeakKeyDictionary()
        self._having: dict[Session, str] = {}

    def closed(self, tag: str) -> None:
        """A private notification is gone: by its click, as a rule.

        But Chromium loses one that `getNotifications()` asks for while it comes. So whoever still waits a moment later shows
        another one, if this was its own.
        """

        def retry(session: Session, agent: str) -> None:
            if self._having.get(session) == agent and not session.gone:
                told = {"objectId": agent, "functionDeclaration": RETRY, "arguments": [{"value": tag}]}
                session.post("Runtime.callFunctionOn", told)

        for session, agent in self._having.items():
            asyncio.get_running_loop().call_later(LOST_AFTER_S, retry, session, agent)

    @asynccontextmanager
    async def within(self, realm: Realm, version: Version) -> AsyncIterator[None]:
        """Let what is evaluated meanwhile have window interaction: one `openWindow()` or `focus()`, within ten seconds.

        Raises
        ------
        InteractionDenied
            If the origin must not show notifications.
        DesktopUnavailable, DesktopLost
            If there is nobody to click them.
        LabError
            If the worker is not active: a click goes to the active one.
        """
        async with self._turn(realm, version) as agent:
            refusal = await realm.apply(agent, ACTIVATE, self._secret(), timeout_s=LIFE_S + ANSWER_S)
            if refusal is not None:
                raise InteractionDenied(*refusal)
            self._granted(version)
            try:
                yield
            finally:
                self._release(realm.session, agent)

    async def ask(self, realm: Realm, version: Version, expression: str, timeout_s: float) -> Any:
        """Evaluate swnb's own `expression` with window interaction and return its value: `within`, in one message.

        As in `Realm.ask`, ``clients`` stands for the agent's own there; what is called of ``globalThis.clients`` is reported.
        """
        async with self._turn(realm, version) as agent:
            limit = timeout_s + LIFE_S + ANSWER_S
            answer = await realm.apply(agent, ASK % expression, self._secret(), timeout_s=limit)
            if "refusal" in answer:
                raise InteractionDenied(*answer["refusal"])
            self._granted(version)
            return answer.get("value")

    @asynccontextmanager
    async def _turn(self, realm: Realm, version: Version) -> AsyncIterator[str]:
        """Wait until no other has window interaction in this worker; return CDP's id of its agent."""
        session = realm.session
        if session.connection.exchange.driving:
            raise NeedsLoop  # the desktop is served by the loop
        self._check()
        if version.role is not WorkerRole.ACTIVE:
            raise LabError(
                f"no window interaction: the worker is {version.state}, and a click goes to the active worker",
                "wait until it is active: `%sw wait active`; without a click: `--no-activation`",
            )
        async with self._locks.setdefault(session, asyncio.Lock()):
            agent = self._having[session] = session.agent or await self._visiting_agent(session)
            try:
                yield agent
            except BaseException as error:  # an interrupt, too: a worker's own listeners may be waiting to be put back
                self._release(session, agent)
                if isinstance(error, EvaluationTimeout):
                    self._check()  # the bus may have ended meanwhile
                raise
            finally:
                del self._having[session]

    @staticmethod
    def _release(session: Session, agent: str) -> None:
        session.post("Runtime.callFunctionOn", {"objectId": agent, "functionDeclaration": RELEASE})

    @staticmethod
    async def _visiting_agent(session: Session) -> str:
        """Return what stands in for the agent in a worker that is attached for one call only."""
        source = (Path(__file__).parent / "activation.js").read_text(encoding="utf-8")
        answer = await session.send("Runtime.evaluate", {"expression": source, "includeCommandLineAPI": True})
        object_id = answer["result"].get("objectId")
        if object_id is None:
            raise TargetGone(session.subject, "does not run what gives window interaction")
        return str(object_id)
