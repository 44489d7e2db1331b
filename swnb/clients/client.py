"""``Clients``, ``Client`` and ``WindowClient`` for asynchronous code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from swnb.browser.realm import Realm
from swnb.clients.data import C, ClientData, ClientList, WindowClientData
from swnb.clients.directory import Directory
from swnb.clients.mirror import Mirror
from swnb.errors import InvalidArgument
from swnb.vocab import ClientType


class AsyncClient(ClientData):
    """A dedicated or shared worker that is a client, or what all clients share."""

    mirror: Mirror[AsyncClient]

    async def post_message(self, message: object) -> None:
        """``Client.postMessage(message)``: a structured clone of a Python value.

        Chromium drops what is posted to a client that is a worker.

        Raises
        ------
        ClientGone
            If the client does not exist any more.
        ValueNotCloneable
            If the message cannot be sent, with the path inside it.
        """
        await self.mirror.post_message(self.id, message)


class AsyncWindowClient(WindowClientData, AsyncClient):
    """A window, frame or pop-up that is a client."""

    async def focus(self, *, activation: bool = True) -> AsyncWindowClient:
        """``WindowClient.focus()``, inside a click on a notification, which the browser asks for.

        Parameters
        ----------
        activation
            False makes the bare call.

        Raises
        ------
        JavaScriptError
            Named ``InvalidAccessError`` where there was no click.
        InteractionDenied, DesktopUnavailable
            If there can be none.
        ClientGone
            If the client does not exist any more.
        """
        focused = await self.mirror.focus(self.id, activation)
        assert isinstance(focused, AsyncWindowClient)
        return focused

    async def navigate(self, url: str) -> AsyncWindowClient | None:
        """``WindowClient.navigate(url)``, relative to the worker's script; the client of the new document has a new id.

        None where the new document is of another origin.

        Raises
        ------
        JavaScriptError
            Named ``TypeError`` where this worker does not control the client, or for ``about:blank``.
        ClientGone
            If the client does not exist any more.
        """
        client = await self.mirror.navigate(self.id, url)
        assert client is None or isinstance(client, AsyncWindowClient)
        return client


class AsyncClients:
    """``self.clients`` of one worker.

    Parameters
    ----------
    realm
        Lends the worker's realm, starting the worker where it is stopped.
    interacting
        Evaluates in a realm with window interaction, within so many seconds.
    directory
        Names of the lab's windows.
    timeout_s
        Gives the longest wait for the worker's answer, in seconds.
    """

    def __init__(
        self,
        realm: Callable[[], AbstractAsyncContextManager[Realm]],
        interacting: Callable[[Realm, str, float], Awaitable[Any]],
        directory: Directory,
        timeout_s: Callable[[], float],
    ) -> None:
        self._asked = (realm, interacting, directory, timeout_s)
        bound: dict[str, object] = {}
        self._mirror: Mirror[AsyncClient] = self.mirror_of(AsyncClient, AsyncWindowClient, bound)
        bound["mirror"] = self._mirror

    def mirror_of(self, client: type[C], window_client: type[C], bound: Mapping[str, object]) -> Mirror[C]:
        """Return the same worker's answers as objects of other classes; see `Mirror`."""
        realm, interacting, directory, timeout_s = self._asked
        return Mirror(realm, interacting, directory, client, window_client, bound, timeout_s)

    async def match_all(
        self, *, type: ClientType | str = ClientType.WINDOW, include_uncontrolled: bool = False
    ) -> ClientList[AsyncClient]:
        """``Clients.matchAll({type, includeUncontrolled})``.

        Raises
        ------
        InvalidArgument
            If `type` is none of ``window``, ``worker``, ``sharedworker``, ``all``.
        """
        return await self._mirror.match_all(client_type(type), include_uncontrolled)

    async def get(self, id_or_name: str) -> AsyncClient | None:
        """``Clients.get(id)``; the name of a window stands for its client. None where the browser answers undefined.

        Raises
        ------
        WindowAmbiguous
            If the name could stand for more than one client.
        """
        return await self._mirror.find(id_or_name)

    async def claim(self) -> None:
        """``Clients.claim()``.

        Raises
        ------
        JavaScriptError
            Named ``InvalidStateError`` where the worker is not active.
        """
        await self._mirror.claim()

    async def open_window(self, url: str, *, activation: bool = True) -> AsyncWindowClient | None:
        """``Clients.openWindow(url)``, relative to the worker's script; None where the window is of another origin.

        It is called inside a click on a notification, which the browser asks for.

        Parameters
        ----------
        activation
            False makes the bare call.

        Raises
        ------
        JavaScriptError
            Named ``InvalidAccessError`` where there was no click, ``TypeError`` for a URL that cannot be opened.
        InteractionDenied, DesktopUnavailable
            If there can be none.
        """
        client = await self._mirror.open_window(url, activation)
        assert client is None or isinstance(client, AsyncWindowClient)
        return client


def client_type(word: str) -> ClientType:
    """Return the enumeration's member for a word."""
    try:
        return ClientType(word)
    except ValueError:
        raise InvalidArgument(
            f"{word!r} is no type of client",
            f"one of {', '.join(ClientType)}; the browser would reject it with a TypeError",
        ) from None
