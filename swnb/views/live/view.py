"""What every live view is: a widget, the feed behind it, and what stands in for it where there is no kernel.

A widget's own static form is that of the moment when it was displayed: empty. To update it rebuilds the living view, so that
scroll, focus and what was typed are lost. So the static form is a display of its own beside the widget, updated when it has
become quiet; the living view hides it.
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import uuid4

import anywidget
import traitlets
from IPython.core.getipython import get_ipython
from IPython.display import DisplayHandle, display

from swnb.errors import InvalidArgument
from swnb.lab.async_lab import AsyncLab
from swnb.views.live import assets
from swnb.views.live.acting import told
from swnb.views.live.feed import Feed, Still

QUIET_S = 1.0
"""How long nothing changes before the static form is made anew."""

VIEW = "application/vnd.jupyter.widget-view+json"

log = logging.getLogger("swnb")


def _as_sent(_: object, subshell: str | None) -> str | None:
    return subshell


class View(anywidget.AnyWidget):
    """A live view of a lab. A class of its own has ``_esm`` and ``_css``, made by `assets`.

    Attributes
    ----------
    words
        Of the language that it speaks.
    state
        What its viewer has chosen, so that a view which is built anew is as it was.
    still
        Marks the display that stands in for it.
    of
        Name of its lab: views of one lab that stand on one page can say something to each other.
    """

    words = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    still = traitlets.Unicode().tag(sync=True)
    of = traitlets.Unicode().tag(sync=True)

    def __init__(self, lab: AsyncLab, *, language: str = "en") -> None:
        self._closed = False
        self.feed = Feed.of(lab)
        super().__init__(words=assets.words(language), still=str(uuid4()), of=lab.name)
        self._told = 0
        self._stills: list[DisplayHandle] = []
        self._later: Any = None
        self._shown: Still | None = None
        self._kept: Still | None = None
        self.on_msg(self._asked)
        self.feed.follow(self)

    def open(self) -> None:
        """Tell no front end of it yet: it costs nothing there before it is displayed, and a part of a dashboard never does."""

    @property
    def model_id(self) -> str:
        """Its name in the front end, which is told of it by now."""
        if self.comm is None and not self._closed:
            super().open()
            # ipykernel has an answer handled where its own last message on the comm came from. What a lab's thread says seems
            # to come from the main shell, where a button would wait for the cell that runs: so it is where the front end says.
            opened: Any = self.comm
            opened._reply_subshell_for = _as_sent
        return "" if self.comm is None else str(self.comm.comm_id)

    def news(self, number: int) -> tuple[int, dict[str, object] | None]:
        """Return the number of the newest change, and what is new since `number`; None for nothing."""
        raise NotImplementedError

    def html(self) -> str:
        """Return the static form of now: HTML that needs no style sheet and no script."""
        raise NotImplementedError

    async def do(self, verb: str, of: str, given: dict[str, object]) -> None:
        """Call the verb that a button of this view stands for, in the lab's loop; what it raises is shown beside the button."""
        raise InvalidArgument(f"this view has no {verb!r}", "load the page anew: its script is another version's")

    def close(self) -> None:
        """Follow no longer; the front end takes it away."""
        self._closed = True
        self.feed.leave(self)
        super().close()

    # ---- the front end ------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Send what is new."""
        number, news = self.news(self._told)
        if news is not None:
            self._told = number
            self._tell(news | {"do": "news", "from": number})
            self._soon_still()

    def end(self) -> None:
        """The lab has ended: say so, and keep its last state."""
        self.send({"do": "ended"})
        self.keep()
        self.snapshot()

    def _asked(self, _: object, content: Any, __: object) -> None:
        """Take what a front end asks for. It may come in any thread."""
        match content:
            case {"do": "hello"}:  # a kernel is there
                self.send({"do": "hello"})
            case {"do": "show"}:
                self.feed.soon(self._show)
            case {"do": "act", "id": str(number), "verb": str(verb), "of": str(of), "with": dict(given)}:
                if self.feed.loop is None:
                    self.send({"do": "acted", "id": number, "error": self.words["ended"]})
                else:
                    self.feed.run(self._act(number, verb, of, given))

    def _show(self) -> None:
        """A front end begins: all there is, for all of them."""
        number, news = self.news(0)
        self._told = number
        self._tell((news or {}) | {"do": "all", "from": number, "ended": self.feed.loop is None})

    def _tell(self, news: dict[str, object]) -> None:
        """Send; what is ``packed`` is JSON already, and goes beside it as bytes."""
        packed = news.pop("packed", None)
        self.send(news, buffers=None if packed is None else [packed])

    async def _act(self, number: str, verb: str, of: str, given: dict[str, object]) -> None:
        error = ""
        try:
            await self.do(verb, of, given)
            await self.feed.lab.catch_up()
        except Exception as failure:  # whatever it is, it is shown where the button is
            error = told(failure)
        self.send({"do": "acted", "id": number, "error": error})

    # ---- what stands in for it ----------------------------------------------------------------------------------

    def _ipython_display_(self) -> None:
        self.display()

    def display(self) -> None:
        """Show the view, and beside it what a notebook keeps of it; a terminal shows only that."""
        shell = get_ipython()
        if shell is None:
            return
        self.feed.ask(self.snapshot)  # another place of it may be older
        if hasattr(shell, "kernel") and not self._closed:
            living = {
                VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.model_id},
                "text/plain": repr(self),
            }
            display(living, raw=True)  # type: ignore[no-untyped-call]
        shown = self._shown
        handle = display(self._still(shown), raw=True, display_id=True)  # type: ignore[no-untyped-call]
        if handle is not None:
            self._stills.append(handle)
            self._kept = shown  # it may have become another meanwhile

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.feed.lab!r}>"

    def text(self) -> str:
        """Return the static form as plain text."""
        raise NotImplementedError

    def standing(self) -> Still:
        """Return the static form; after the lab's end that of its last moment."""
        self._look()
        assert self._shown is not None
        return self._shown

    def keep(self) -> Still:
        """Take in what is true now: it is what is shown when the lab has ended. Return the static form."""
        self.news(self._told)
        return self.standing()

    def _look(self) -> None:
        """Make the static form anew. What ends with a lab is no news of it: then it stays as it was, whichever view had it."""
        last, kind = self.feed.last, type(self).__name__
        if not self.feed.lab.alive:
            self._shown = self._shown or last.get(kind)
        if self.feed.lab.alive or self._shown is None:
            self._shown = self._made()
        last[kind] = self._shown

    def _made(self) -> Still:
        """Return the static form of now; the one there is where nothing has changed."""
        html, shown = self.html(), self._shown
        return shown if shown is not None and shown.html == html else Still(html, self.text())

    def _still(self, shown: Still | None) -> dict[str, str]:
        html, text = shown or Still("", "")
        return {"text/html": f'<div data-swnb-still="{self.still}">{html}</div>', "text/plain": text}

    def _soon_still(self) -> None:
        """Make the static form anew once nothing has changed for a while."""
        loop = self.feed.loop
        if loop is None or not self._stills:
            return
        if self._later is not None:
            self._later.cancel()
        self._later = loop.call_later(QUIET_S, self.snapshot)

    def snapshot(self) -> int:
        """Make the static form anew, now, wherever it is displayed; after the lab's end it stays as it was.

        Returns
        -------
        How many views it shows: 0 where it was displayed nowhere.
        """
        self._look()
        stale = self._stills if self._shown != self._kept else ()
        self._kept = self._shown
        for handle in stale:
            try:
                handle.update(self._still(self._kept), raw=True)  # type: ignore[no-untyped-call]
            except Exception:  # the front end has gone; the view must go on
                log.exception("a view's static form could not be updated")
        return 1 if self._stills else 0
