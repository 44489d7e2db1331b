"""Windows, and pyppeteer's objects, for synchronous code."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from swnb.lab.caller import Caller
from swnb.lab.windows import AsyncWindow

if TYPE_CHECKING:
    from pyppeteer.page import Page


class Window:
    """A top-level window; see `AsyncWindow`."""

    def __init__(self, caller: Caller, window: AsyncWindow) -> None:
        self._caller = caller
        self._window = window

    @property
    def name(self) -> str:
        """Its name in the lab."""
        return self._window.name

    @property
    def target_id(self) -> str:
        """CDP's id of it, which stays when it navigates."""
        return self._window.target_id

    @property
    def url(self) -> str:
        """Its current URL, as the browser last told it."""
        return self._window.url

    @property
    def creation_url(self) -> str | None:
        """URL that its document was created with: its client's ``url``."""
        return self._window.creation_url

    @property
    def closed(self) -> bool:
        """Whether it is gone."""
        return self._window.closed

    @property
    def crashed(self) -> bool:
        """Whether its renderer crashed; `reload` brings it back."""
        return self._window.crashed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Window) and other._window is self._window

    def __hash__(self) -> int:
        return hash(self._window)

    def __repr__(self) -> str:
        return repr(self._window).replace("<Async", "<", 1)

    def evaluate(
        self, source: str, *, inputs: Mapping[str, object] | None = None, timeout_s: float | None = None
    ) -> object:
        """Evaluate JavaScript in the window's document; see `AsyncWindow.evaluate`."""
        return self._caller.ask(self._window.evaluate, source, inputs=inputs, timeout_s=timeout_s)

    def reload(self, *, bypass: bool = False) -> Window:
        """Reload, and wait until it is loaded; see `AsyncWindow.reload`."""
        self._caller.run(self._window.reload, bypass=bypass)
        return self

    def goto(self, url: str) -> Window:
        """Navigate as from the address bar; see `AsyncWindow.goto`."""
        self._caller.run(self._window.goto, url)
        return self

    def close(self) -> None:
        """Close it. A second call does nothing."""
        self._caller.run(self._window.close)

    @property
    def page(self) -> Page | PyppeteerObject:
        """The pyppeteer ``Page``. On the kernel bridge the object itself, whose calls are awaited in a cell; on the thread
        bridge one whose calls go through the bridge and return their results.
        """  # noqa: D205

        async def get() -> Page:
            return await self._window.page

        page = self._caller.run(get)
        return page if self._caller.awaits_pages else PyppeteerObject(self._caller, page)


class PyppeteerObject:
    """An object of pyppeteer's, seen from another thread: each call is carried out on the lab's loop, and awaited there."""

    def __init__(self, caller: Caller, inner: Any) -> None:
        self._caller = caller
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        if not callable(value):
            return self._wrapped(value)

        async def on_loop(args: Any, kwargs: Any) -> Any:
            result = value(*args, **kwargs)
            return await result if isawaitable(result) else result

        def call(*args: Any, **kwargs: Any) -> Any:
            args = tuple(arg._inner if isinstance(arg, PyppeteerObject) else arg for arg in args)
            return self._wrapped(self._caller.run(on_loop, args, kwargs))

        call.__doc__ = value.__doc__
        call.__name__ = name
        return call

    def _wrapped(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._wrapped(item) for item in value]
        module = type(value).__module__ or ""
        return PyppeteerObject(self._caller, value) if module.startswith("pyppeteer") else value

    def __dir__(self) -> list[str]:
        return dir(self._inner)

    def __repr__(self) -> str:
        return f"<{type(self._inner).__name__} through the bridge>"
