"""The Clients API, asked inside a worker.

Section numbers are those of the Service Workers specification, "Clients" and "Client".
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, NoReturn

from swnb.browser.realm import Realm
from swnb.clients.data import C, ClientList
from swnb.clients.directory import Directory
from swnb.clients.expressions import FOCUSED, ROW, ROWS, SEEN, match_all
from swnb.errors import ClientGone, JavaScriptError, MalformedValue, WindowAmbiguous, WindowNoClient
from swnb.vocab import ClientId, ClientType, FrameType, VisibilityState

REFUSED = "Chromium allows it only in answer to a user's click on a notification, once per click; this call had none"
LAPSED = (
    "the click that this call had was used up, or older than 10 s: Chromium allows one window interaction per click"
)


class Mirror(Generic[C]):
    """The algorithms of the Clients API as one worker carries them out.

    Parameters
    ----------
    realm
        Gives the worker's realm, starting the worker where it is stopped.
    interacting
        Evaluates in a realm with window interaction, within so many seconds.
    directory
        Of the lab.
    client, window_client
        Classes of what is returned.
    bound
        What each of those objects has beside the fields of `ClientData` or `WindowClientData`.
    timeout_s
        Gives the longest wait for the worker's answer, in seconds.
    """

    def __init__(
        self,
        realm: Callable[[], AbstractAsyncContextManager[Realm]],
        interacting: Callable[[Realm, str, float], Awaitable[Any]],
        directory: Directory,
        client: type[C],
        window_client: type[C],
        bound: Mapping[str, object],
        timeout_s: Callable[[], float],
    ) -> None:
        self._realm = realm
        self._interacting = interacting
        self._directory = directory
        self._classes = (client, window_client)
        self._bound = bound
        self._timeout_s = timeout_s

    async def _ask(self, expression: str) -> Any:
        """Ask with what the log does not take for a call of the worker's own code."""
        async with self._realm() as realm:
            return await realm.ask(expression, timeout_s=self._timeout_s())

    async def _call(self, expression: str, *arguments: object) -> Any:
        async with self._realm() as realm:
            return await realm.call(expression, *arguments, timeout_s=self._timeout_s())

    async def match_all(self, client_type: ClientType, include_uncontrolled: bool) -> ClientList[C]:
        """``Clients.matchAll(options)``; `ClientData.controlled` needs a second call of it where the uncontrolled are asked for."""
        # beside pages of others a name is certain only among all clients, the uncontrolled included
        everyone = include_uncontrolled or self._directory.strangers()
        rows, controlled = await self._ask(match_all(client_type, everyone))
        self._directory.saw(rows)
        mine = None if controlled is None else set(controlled)
        names = self._names(rows)
        if mine is not None and not include_uncontrolled:
            rows = [row for row in rows if row[0] in mine]
        try:
            return ClientList(self._clients(rows, mine, names))
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedValue(0, f"the worker's own `clients` gave what is no client ({error!r})") from None

    async def get(self, client_id: str) -> C | None:
        """``Clients.get(id)``; None where the browser answers undefined."""
        expression = (
            f"(async () => {{ const c = await clients.get({json.dumps(client_id)}); if (!c) return null;"
            f" const [all, mine] = await ({ROWS})(clients.matchAll({{type: c.type}}),"
            f" clients.matchAll({{type: c.type, includeUncontrolled: true}})); return [({ROW})(c), mine, all] }})()"
        )
        found = await self._ask(expression)
        if not found:
            return None
        row, controlled, everyone = found
        self._directory.saw([row])
        return self._client(row, row[0] in controlled, self._names(everyone).get(row[0]))

    async def find(self, id_or_name: str) -> C | None:
        """``Clients.get(id)``, with the name of a window for the id of its client."""
        client = await self.get(await self.resolve(id_or_name))
        if client is None:
            window = self._directory.window(id_or_name)
            if window is not None:  # it has an id, but no client of this worker's origin
                raise WindowNoClient(id_or_name, window.creation_url or "")
        return client

    async def resolve(self, id_or_name: str) -> ClientId:
        """Return the id of the client that a window's name stands for; what is no window's name is an id already.

        The answer is certain: the client of a window is among the origin's top-level clients and has the URL that the window's
        document was created with. If just one has it, that is the one.

        Raises
        ------
        WindowAmbiguous
            If several clients could be it.
        WindowNoClient
            If the worker sees no such client (a window of another origin, or one that shows an error).
        """
        window = self._directory.window(id_or_name)
        if window is None:
            return ClientId(id_or_name)
        if window.client_id is None:
            await self._directory.identify()
        if window.client_id is not None:
            return window.client_id
        clients = await self.match_all(ClientType.WINDOW, include_uncontrolled=True)
        top = [c for c in clients if c.frame_type is not FrameType.NESTED]
        url = window.creation_url
        found = top if url is None else [c for c in top if c.url == url]
        if not found:
            raise WindowNoClient(id_or_name, url or "")
        found = [c for c in found if c.id not in self._identified()] or found
        twins = [w for w in self._directory.windows() if w.client_id is None and w.creation_url in (url, None)]
        if url is None or len(found) > 1 or len(twins) > 1:
            raise WindowAmbiguous(id_or_name, [c.id for c in found])
        return found[0].id

    def _identified(self) -> set[ClientId]:
        return {window.client_id for window in self._directory.windows() if window.client_id is not None}

    async def claim(self) -> None:
        """``Clients.claim()``."""
        self._directory.act("clients.claim")
        await self._call("clients.claim()")

    async def open_window(self, url: str, activation: bool) -> C | None:
        """``Clients.openWindow(url)``; None where the browser answers null (a window of another origin)."""
        self._directory.act("clients.open_window")
        before = list(self._directory.windows())
        row = await self._interact(
            f"(async () => {{ const c = await globalThis.clients.openWindow({json.dumps(url)}); return c && {SEEN}(c) }})()",
            activation,
        )
        if row is None:
            return None
        # it is there before the worker has its answer; if no other has begun, nothing else need be asked for its name
        begun = [window for window in self._directory.windows() if window not in before and not window.has_opener]
        if len(begun) == 1 and begun[0].creation_url == row[0][1]:
            seen, controlled = row
            self._directory.saw([seen])
            return self._client(seen, controlled, begun[0].name)
        return await self._new(row)

    async def focus(self, client_id: str, activation: bool) -> C:
        """``WindowClient.focus()``."""
        self._directory.act("client.focus")
        row = await self._interact(f"{FOCUSED}({json.dumps(client_id)})", activation)
        if row is False:
            self._gone(client_id)
        return await self._new(row)

    async def navigate(self, client_id: str, url: str) -> C | None:
        """``WindowClient.navigate(url)``; None where the browser answers null (a document of another origin)."""
        self._directory.act("client.navigate")
        row = await self._ask(self._on_client(client_id, f"await c.navigate({json.dumps(url)})"))
        if row is False:
            self._gone(client_id)
        return None if row is None else await self._new(row)

    async def post_message(self, client_id: str, message: object) -> None:
        """``Client.postMessage(message)``."""
        self._directory.act("client.post_message")
        posted = await self._call(
            "async (id, message) => { const c = await clients.get(id); if (c) c.postMessage(message); return !!c }",
            client_id,
            message,
        )
        if not posted:
            self._gone(client_id)

    @staticmethod
    def _on_client(client_id: str, action: str) -> str:
        """Return an expression: the row of what `action` gives of the client `c`, null for null, false where there is no client."""
        return (
            f"(async () => {{ const c = await clients.get({json.dumps(client_id)}); if (!c) return false;"
            f" const d = {action}; return d && {SEEN}(d) }})()"
        )

    async def _interact(self, expression: str, activation: bool) -> Any:
        try:
            async with self._realm() as realm:
                if activation:
                    return await self._interacting(realm, expression, self._timeout_s())
                return await realm.ask(expression, timeout_s=self._timeout_s())
        except JavaScriptError as error:
            if error.name == "InvalidAccessError":
                todo = LAPSED if activation else REFUSED
                raise JavaScriptError(error.name, error.message, value=error.value, todo=todo) from None
            raise

    async def _new(self, found: tuple[Sequence[Any], bool]) -> C:
        row, controlled = found
        self._directory.saw([row])
        for window in self._directory.windows():
            if window.client_id == row[0]:
                return self._client(row, controlled, window.name)
        client = await self.get(row[0])  # among all clients it may be certain whose it is
        return client if client is not None else self._client(row, controlled, None)

    def _gone(self, client_id: str) -> NoReturn:
        url, when = self._directory.last_seen(client_id)
        raise ClientGone(client_id, url, when)

    def _names(self, rows: Sequence[Sequence[Any]]) -> dict[str, str]:
        """Name the clients that are certain: those whose ids were found out, and what is left over on both sides with one URL."""
        windows: dict[str, list[str]] = {}
        names: dict[str, str] = {}
        unclear = False
        for window in self._directory.windows():
            if window.client_id is not None:
                names[window.client_id] = window.name
            elif window.creation_url is None:
                unclear = True  # it could be any of them
            else:
                windows.setdefault(window.creation_url, []).append(window.name)
        if unclear or not windows:
            return names
        by_url: dict[str, list[str]] = {}
        for row in rows:
            if row[3] in ("top-level", "auxiliary") and row[0] not in names:
                by_url.setdefault(row[1], []).append(row[0])
        names.update(
            {ids[0]: windows[url][0] for url, ids in by_url.items() if len(ids) == len(windows.get(url, ())) == 1}
        )
        return names

    def _client(self, row: Sequence[Any], controlled: bool, name: str | None) -> C:
        return self._clients([row], {row[0]} if controlled else set(), {row[0]: name} if name else {})[0]

    def _clients(self, rows: Sequence[Sequence[Any]], mine: set[str] | None, names: Mapping[str, str]) -> list[C]:
        """Return the clients of rows; `mine` are the ids of the controlled ones, None for all."""
        made = []
        client_class, window_class = self._classes
        for id_, url, type_, frame_type, visibility, focused, ancestors in rows:
            is_window = type_ == "window"
            client = object.__new__(window_class if is_window else client_class)
            # a frozen dataclass's own constructor sets field by field what is set here at once, in a quarter of the time
            fields = client.__dict__
            fields.update(self._bound)
            fields["id"] = id_
            fields["url"] = url
            fields["type"] = TYPES[type_]
            fields["frame_type"] = FRAME_TYPES[frame_type]
            fields["controlled"] = mine is None or id_ in mine
            fields["name"] = names.get(id_)
            if is_window:
                fields["visibility_state"] = VISIBILITY[visibility]
                fields["focused"] = focused
                fields["ancestor_origins"] = None if ancestors is None else tuple(ancestors)
            made.append(client)
        return made


TYPES = {member.value: member for member in ClientType}
FRAME_TYPES = {member.value: member for member in FrameType}
VISIBILITY = {member.value: member for member in VisibilityState}
