"""One window of a lab."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from swnb.browser.changes import Changes
from swnb.browser.protocol import CommandTimeout, Message
from swnb.browser.realm import Realm
from swnb.browser.targets import Target
from swnb.errors import LabError, SwnbError, TargetGone, WaitTimeout
from swnb.events import WindowCrashed, WindowDialog, WindowLoaded, WindowNavigated
from swnb.lab.home import Home
from swnb.vocab import ClientId, TargetId

if TYPE_CHECKING:
    from pyppeteer.page import Page

NETWORK = (
    "pages reach only http://*.localhost unless the network is opened: open_network=True, `%sw start --open-network`"
)

EMPTY = ("about:blank", ":", "")
"""URLs of the empty document that a window begins with."""


class LoadFailed(LabError):  # noqa: N818  (what browsers call it)
    """A document could not be loaded: nobody answers there, or not in time."""


class AsyncWindow:
    """A top-level window.

    Attributes
    ----------
    name
        As given with ``lab.open(…, name=…)``; a pop-up is called after its opener.
    target_id
        CDP's id of it, which stays when it navigates.
    url
        Its current URL, as the browser last told it; ``history.pushState`` changes it.
    creation_url
        URL that its document was created with, after redirects, with its fragment: its client's ``url``. None where that is
        not certain (after going back to a document whose creation was not seen), ``""`` where it has no client (it crashed, or
        nothing has come yet of the first document, and its load was given up).
    """

    def __init__(self, home: Home, target: Target, name: str) -> None:
        self._home = home
        self._target = target
        self._loader = ""
        self._loaded_loader = ""
        self._documents = 0
        self._created: dict[str, str] = {}
        self._unreachable = ""
        self._changes = Changes(target.session.connection)
        self.name = name
        self.target_id: TargetId = target.id
        self.url = target.url
        self.creation_url: str | None = target.url
        self.realm = Realm(target.session, gesture=True)
        target.session.subject = f"the window {name!r}"
        target.session.on("Page.frameNavigated", self._navigated)
        target.session.on("Page.navigatedWithinDocument", self._navigated_within)
        target.session.on("Page.loadEventFired", self._loaded)
        target.session.on("Inspector.targetCrashed", self._crashed)
        target.session.on("Page.javascriptDialogOpening", self._dialog)
        target.session.post("Page.enable")

    @property
    def closed(self) -> bool:
        """Whether it is gone."""
        return not self._home.is_open(self._target)

    @property
    def has_opener(self) -> bool:
        """Whether a page's script opened it."""
        return self._target.opener_id is not None

    @property
    def client_id(self) -> ClientId | None:
        """The browser's `Client.id` of its document, where it was found out; another one after each navigation."""
        return self._home.client_id_of(self._target)

    @property
    def crashed(self) -> bool:
        """Whether its renderer crashed; `reload` brings it back."""
        return self._target.session.gone == "crashed"

    def __repr__(self) -> str:
        state = " (closed)" if self.closed else " (crashed)" if self.crashed else ""
        return f"<{type(self).__name__} {self.name!r} {self.url}{state}>"

    # ---- what the browser tells ---------------------------------------------------------------------------------

    def _navigated(self, event: Message) -> None:
        frame = event["frame"]
        if frame.get("parentId"):
            return
        if self._target.session.gone == "crashed":
            self._target.session.regain()
        loader, url = frame["loaderId"], frame["url"] + frame.get("urlFragment", "")
        self._loader = loader
        self._documents += 1
        if event.get("type") == "BackForwardCacheRestore":  # an old document comes back, and its client with it
            self._loaded_loader = loader
            self.creation_url = self._created.get(loader)
        else:
            self.creation_url = self._created[loader] = url
        self._unreachable = frame.get("unreachableUrl", "")
        self.url = self._unreachable or url
        self._home.log.append(WindowNavigated(target_id=self.target_id, name=self.name, url=url))
        self._changes.notify()

    def _navigated_within(self, event: Message) -> None:
        if event["frameId"] == self.target_id:  # a window's main frame is called as its target
            self.url = event["url"]

    def _loaded(self, _: Message) -> None:
        if self._documents == 0:
            return
        self._loaded_loader = self._loader
        self._home.log.append(WindowLoaded(target_id=self.target_id, name=self.name))
        self._changes.notify()

    def _crashed(self, _: Message) -> None:
        self.creation_url = ""
        self._home.log.append(WindowCrashed(target_id=self.target_id, name=self.name))
        self._changes.notify()

    def _dialog(self, event: Message) -> None:
        """Answer a dialog, which would hold the page for ever: nobody sits before it. An alert is read, a question declined."""
        accept = event["type"] in ("alert", "beforeunload")
        self._target.session.post("Page.handleJavaScriptDialog", {"accept": accept})
        self._home.log.append(
            WindowDialog(target_id=self.target_id, name=self.name, type=event["type"], message=event["message"])
        )

    def ended(self) -> None:
        """It was closed."""
        self.creation_url = ""
        self._changes.close()

    async def introduce(self) -> None:
        """Ask what it has already: Chromium may be at its first document before ``Page.enable`` reaches it."""
        session, limit = self._target.session, self._home.timeout_s()
        with suppress(SwnbError):  # it was closed meanwhile
            frame = (await session.send("Page.getFrameTree", timeout_s=limit))["frameTree"]["frame"]
            if self._documents == 0 and (frame["url"] not in EMPTY or self.url in EMPTY):
                self._navigated({"frame": frame})
            loader = self._loader
            if self._documents and self._loaded_loader != loader:
                params = {"expression": "document.readyState", "returnByValue": True}
                answer = await session.send("Runtime.evaluate", params, timeout_s=limit)
                if answer["result"].get("value") == "complete" and self._loader == loader != self._loaded_loader:
                    self._loaded({})

    # ---- verbs --------------------------------------------------------------------------------------------------

    async def evaluate(
        self, source: str, *, inputs: Mapping[str, object] | None = None, timeout_s: float | None = None
    ) -> object:
        """Evaluate JavaScript in the window's document by the console's rules; see `Realm.evaluate`."""
        self._home.log.act("evaluate", self.name)
        limit = self._home.timeout_s() if timeout_s is None else timeout_s
        return await self.realm.evaluate(source, inputs=inputs, timeout_s=limit)

    async def reload(self, *, bypass: bool = False) -> AsyncWindow:
        """Reload, and wait until it is loaded. With `bypass` as with Shift: the document is then not controlled."""
        self._home.log.act("reload", self.name)
        deadline = monotonic() + self._home.timeout_s()
        documents = self._documents
        if self.crashed:
            self._target.session.regain()  # it answers to this one command
        await self._command("Page.reload", {"ignoreCache": bypass}, deadline, self.url, documents)
        return await self.loaded(documents, deadline)

    async def goto(self, url: str) -> AsyncWindow:
        """Navigate as from the address bar, and wait until it is loaded.

        Raises
        ------
        LoadFailed
            If nobody answers there, or it does not load in time.
        """
        self._home.log.act("goto", self.name)
        deadline = monotonic() + self._home.timeout_s()
        documents = self._documents
        where = self._home.absolute(url)
        if self.crashed:
            self._target.session.regain()
        answer = await self._command("Page.navigate", {"url": where}, deadline, where, documents)
        if answer.get("errorText"):
            raise LoadFailed(f"{where} could not be loaded: {answer['errorText']}", NETWORK)
        if "loaderId" not in answer:
            # only the fragment changed; the renderer's word of it comes before this answer of its
            await self._command("Page.getFrameTree", {}, deadline, where, documents)
            return self
        return await self.loaded(documents, deadline, where)

    async def _command(self, method: str, params: Message, deadline: float, url: str, documents: int) -> Message:
        try:
            return await self._target.session.send(method, params, timeout_s=max(0.001, deadline - monotonic()))
        except CommandTimeout:
            raise self._too_slow(url, documents) from None

    def _too_slow(self, url: str, after: int) -> LoadFailed:
        """Return the error; a load of which nothing has come is given up, since Chromium holds the window back until its end."""
        if self._documents <= after:
            self._target.session.post("Page.stopLoading")
            if not self._documents:
                self.url, self.creation_url = EMPTY[0], ""
        return LoadFailed(
            f"{url} has not loaded within {self._home.timeout_s():g} s (the window {self.name!r} stays open)",
            "look for what it waits for, or give it longer: timeout_s",
        )

    async def loaded(self, after: int = 0, deadline: float | None = None, url: str | None = None) -> AsyncWindow:
        """Wait until a document has fired ``load``, and that is the one which the window shows.

        Parameters
        ----------
        after
            Count of documents that the window had before; one more is waited for.
        deadline
            Until when, by the monotonic clock.
        url
            What is loaded, for the error; by default what the window shows.
        """
        until = monotonic() + self._home.timeout_s() if deadline is None else deadline
        while self._documents <= after or self._loaded_loader != self._loader:
            if self.closed or self._target.session.gone:
                raise TargetGone(f"the window {self.name!r}", self._target.session.gone or "was closed")
            rest = until - monotonic()
            if rest <= 0:
                raise self._too_slow(self.url if url is None else url, after)
            await self._changes.wait(rest)
        if self._unreachable:
            raise LoadFailed(f"{self._unreachable} could not be loaded (the window shows an error page)", NETWORK)
        return self

    async def close(self) -> None:
        """Close it. A second call does nothing.

        Raises
        ------
        WaitTimeout
            If it is still there after the lab's time-out (a page may ask its user before it goes).
        """
        self._home.log.act("close", self.name)
        limit = self._home.timeout_s()
        await self._home.close_target(self._target, limit)
        if not self.closed:
            raise WaitTimeout("closed", limit, f"the window {self.name!r} is still open")

    @property
    async def page(self) -> Page:
        """The pyppeteer ``Page`` of this window, on this connection; made on first use.

        Raises
        ------
        TargetGone
            If it is closed.
        """
        if self.closed:
            raise TargetGone(f"the window {self.name!r}", "was closed")
        limit = self._home.timeout_s()
        try:
            async with asyncio.timeout(limit):
                return await self._home.page_of(self._target)
        except TimeoutError:
            raise LoadFailed(
                f"the window {self.name!r} answers nothing within {limit:g} s, as while {self.url} is being loaded",
                "look for what it waits for (a fetch event without an answer?), or give it longer: timeout_s",
            ) from None
