"""``Clients``, ``Client`` and ``WindowClient`` for synchronous code."""

from __future__ import annotations

from swnb.clients.client import client_type
from swnb.clients.data import ClientData, ClientList, WindowClientData
from swnb.clients.mirror import Mirror
from swnb.clients.worker import AsyncServiceWorker
from swnb.lab.caller import Caller
from swnb.vocab import ClientType


class Client(ClientData):
    """A dedicated or shared worker that is a client, or what all clients share; see `AsyncClient`."""

    owner: Clients

    def post_message(self, message: object) -> None:
        """``Client.postMessage(message)``; see `AsyncClient.post_message`."""
        self.owner.call(self.owner.mirror.post_message, self.id, message)


class WindowClient(WindowClientData, Client):
    """A window, frame or pop-up that is a client; see `AsyncWindowClient`."""

    def focus(self, *, activation: bool = True) -> WindowClient:
        """``WindowClient.focus()``; see `AsyncWindowClient.focus`."""
        client = self.owner.call(self.owner.mirror.focus, self.id, activation)
        assert isinstance(client, WindowClient)
        return client

    def navigate(self, url: str) -> WindowClient | None:
        """``WindowClient.navigate(url)``; see `AsyncWindowClient.navigate`."""
        client = self.owner.call(self.owner.mirror.navigate, self.id, url)
        assert client is None or isinstance(client, WindowClient)
        return client


class Clients:
    """``self.clients`` of one worker; see `AsyncClients`."""

    def __init__(self, caller: Caller, worker: AsyncServiceWorker) -> None:
        self.call = caller.ask
        self.call_early = caller.ask_early
        self.mirror: Mirror[Client] = worker.clients.mirror_of(Client, WindowClient, {"owner": self})

    def match_all(
        self, *, type: ClientType | str = ClientType.WINDOW, include_uncontrolled: bool = False
    ) -> ClientList[Client]:
        """``Clients.matchAll({type, includeUncontrolled})``; see `AsyncClients.match_all`."""
        return self.call(self.mirror.match_all, client_type(type), include_uncontrolled)

    def get(self, id_or_name: str) -> Client | None:
        """``Clients.get(id)``; see `AsyncClients.get`."""
        return self.call(self.mirror.find, id_or_name)

    def claim(self) -> None:
        """``Clients.claim()``; see `AsyncClients.claim`."""
        self.call(self.mirror.claim)

    def open_window(self, url: str, *, activation: bool = True) -> WindowClient | None:
        """``Clients.openWindow(url)``; see `AsyncClients.open_window`.

        The client that is returned has its id; `Lab.world` has it as soon as the page takes messages (`Lab.settle` waits for that).
        """
        client = self.call_early(self.mirror.open_window, url, activation)
        assert client is None or isinstance(client, WindowClient)
        return client
