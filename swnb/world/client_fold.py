"""What events change of clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from swnb.events import (
    ClientAppeared,
    ClientChanged,
    ClientControlled,
    ClientEvent,
    ClientGone,
    ClientIdentified,
    ClientReleased,
    ClientReturned,
    Event,
    MessagesStarted,
    WindowEvent,
)
from swnb.text import moment
from swnb.vocab import ClientType

from .rows import ClientRow
from .views import Clients, Workers


class ClientFold:
    """Folds events about clients into rows.

    Parameters
    ----------
    note
        Notes an event that no rule has.
    """

    def __init__(self, clients: Clients, workers: Workers, note: Callable[[Event, str], None]) -> None:
        self._clients = clients
        self._workers = workers
        self._note = note
        self._presumed: set[str] = set()  # ended with their window; their own end may be told later

    def _living(self, event: ClientEvent) -> ClientRow | None:
        row = self._clients.row(event.client)
        if row is None:
            self._note(event, f"{event.kind} of {event.client}, which never appeared")
        elif not row.alive:
            if event.client not in self._presumed:
                self._note(event, f"{event.kind} of {event.client}, which is gone")
            return None
        return row

    # ---- beginning and end --------------------------------------------------------------------------------------

    def appeared(self, event: ClientAppeared) -> None:
        """``client.appeared``."""
        if self._clients.row(event.client) is not None:
            self._note(event, f"{event.client} appeared twice")
            return
        former = self._clients.row(event.former)
        if former is not None:
            self._clients.put(former.label, replace(former, successor=event.client))
        elif event.former is not None:
            self._note(event, f"{event.client} follows {event.former}, which never appeared")
        row = ClientRow(
            label=event.client,
            url=event.url,
            type=event.type,
            frame_type=event.frame_type,
            origin=event.origin,
            target=event.target_id,
            frame_id=event.frame_id,
            name=event.name,
            location=event.url,
            ancestor_origins=event.ancestor_origins,
            visibility_state=event.visibility_state,
            focused=event.focused,
            owner=event.owner,
            former=event.former,
            appeared_at=moment(event.t_browser_ms),
        )
        self._clients.put(event.client, row)
        if event.focused:
            self._clients.focus(event.client)

    def returned(self, event: ClientReturned) -> None:
        """``client.returned``: what was told as gone had only gone into the back/forward cache."""
        row = self._clients.row(event.client)
        if row is None or row.alive:
            self._note(event, f"{event.client} returned and was not away")
            return
        self._presumed.discard(event.client)
        self._clients.put(row.label, replace(row, alive=True))

    def gone(self, event: ClientGone) -> None:
        """``client.gone``."""
        row = self._living(event)
        self._presumed.discard(event.client)
        if row is not None:
            self._end(row)

    def window_ended(self, event: WindowEvent) -> None:
        """``window.closed``, ``window.crashed``: what it held is gone, too, though its own end may not have been heard."""
        ended = [row for row in self._clients if row.target == event.target_id]
        for row in ended:  # it grows: what belongs to what has ended
            self._presumed.add(row.label)
            self._end(row)
            ended += [other for other in self._clients if other.owner == row.label and _dies_with_its_owner(other)]

    def _end(self, row: ClientRow) -> None:
        if row.controller is not None:
            self._take(row.controller, row.label)
        self._clients.unfocus(row.label)
        self._clients.put(row.label, replace(row, alive=False, focused=False, controller=None))

    # ---- in between ---------------------------------------------------------------------------------------------

    def identified(self, event: ClientIdentified) -> None:
        """``client.identified``."""
        row = self._living(event)
        if row is None:
            return
        if row.id is not None and row.id != event.id:
            self._note(event, f"{event.client} has another id")
        other = self._clients.get(event.id)
        if other is not None and other.alive and other.id == event.id and other.label != event.client:
            self._note(event, f"{event.client} has the id of {other.label}")
        self._clients.put(event.client, replace(row, id=event.id, id_heard=event.heard))

    def changed(self, event: ClientChanged) -> None:
        """``client.changed``."""
        row = self._living(event)
        if row is None:
            return
        self._clients.put(
            event.client,
            replace(
                row,
                location=row.location if event.location is None else event.location,
                visibility_state=event.visibility_state or row.visibility_state,
                focused=row.focused if event.focused is None else event.focused,
                lifecycle=event.lifecycle or row.lifecycle,
            ),
        )
        if event.focused:
            self._clients.focus(event.client)

    def messages_started(self, event: MessagesStarted) -> None:
        """``client.messages_started``."""
        row = self._living(event)
        if row is not None:
            self._clients.put(event.client, replace(row, messages_started=True))

    # ---- who controls whom --------------------------------------------------------------------------------------

    def controlled(self, event: ClientControlled) -> None:
        """``client.controlled``."""
        row = self._living(event)
        if row is None:
            return
        if row.controller != event.former:
            self._note(event, f"{event.client} came from {event.former}, and was controlled by {row.controller}")
        if row.controller is not None:
            self._take(row.controller, row.label)
        self._clients.put(event.client, replace(row, controller=event.worker))
        worker = self._workers.row(event.worker)
        if worker is None:  # its row will find its clients when it comes
            self._note(event, f"{event.client} is controlled by {event.worker}, which nobody has told of")
        else:
            self._workers.put(worker.label, replace(worker, controlled=(*worker.controlled, event.client)))

    def released(self, event: ClientReleased) -> None:
        """``client.released``."""
        row = self._living(event)
        if row is None:
            return
        if row.controller != event.worker:
            self._note(event, f"{event.client} was released by {event.worker}, and was controlled by {row.controller}")
        if row.controller is not None:
            self._take(row.controller, row.label)
        self._clients.put(event.client, replace(row, controller=None))

    def _take(self, worker_label: str, client: str) -> None:
        """Take a client away from its worker."""
        worker = self._workers.row(worker_label)
        if worker is not None:
            rest = tuple(label for label in worker.controlled if label != client)
            self._workers.put(worker_label, replace(worker, controlled=rest))


def _dies_with_its_owner(row: ClientRow) -> bool:
    """Whether it is a frame or a dedicated worker; a pop-up outlives its opener."""
    return row.type is ClientType.WORKER or (row.type is ClientType.WINDOW and not row.is_window)
