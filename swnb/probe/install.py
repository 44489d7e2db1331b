"""How the agents come into every context before its first line."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from swnb.browser.protocol import Message
from swnb.browser.session import Session
from swnb.browser.targets import Target
from swnb.probe.script import agent_source

DOCUMENTS = {"page", "iframe"}
WORKERS = {"worker", "shared_worker", "service_worker"}


class Installer:
    """Puts the agent into targets while they are held.

    The name of the binding and the secret are of this lab alone: two labs on one browser do not hear each other, and no page can
    know them.

    Parameters
    ----------
    limit
        Up to how many bytes of JSON a payload is kept.
    holds
        Whether agents may hold facts back where there are many.
    """

    def __init__(self, limit: int, *, holds: bool) -> None:
        self.holds = holds
        self.binding = f"_{os.urandom(8).hex()}"
        self.secret = os.urandom(16).hex()
        self.source = agent_source(self.binding, self.secret, limit, holds=holds)

    def install(self, target: Target, on_api: Callable[[str], None]) -> None:
        """Queue what brings the agent into a target; it is there before the target's first line.

        Nothing is awaited: a page that is held answers only after it goes on.

        Parameters
        ----------
        on_api
            Called with CDP's id of the agent's own object, in a worker.
        """
        session = target.session
        session.post("Runtime.enable")
        session.post("Runtime.addBinding", {"name": self.binding})
        if target.type in DOCUMENTS:
            # the empty document of a window that is sent on is gone before anything could run in it
            params = {"source": self.source, "runImmediately": not target.sent_on}
            session.post("Page.addScriptToEvaluateOnNewDocument", params)
            if target.type == "iframe":  # a window's own is enabled by who drives the window
                session.post("Page.enable")
        else:
            self.enter_worker(session, on_api)

    def enter_worker(self, session: Session, on_api: Callable[[str], None]) -> None:
        """Queue the agent for a worker that is held: a new one, or one that was started again."""

        def answered(result: Message) -> None:
            remote = result.get("result", {})
            if "objectId" in remote and "exceptionDetails" not in result:
                session.once_free(partial(on_api, remote["objectId"]))

        session.ask("Runtime.evaluate", {"expression": self.source}, answered)
