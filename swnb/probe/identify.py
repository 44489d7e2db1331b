"""Which `Client.id` is whose: asked of the workers' agents, told by the pages' agents.

The browser's ids of clients and the protocol's ids of targets have nothing in common, and no part of the browser maps them. So
the agent in a worker lists all clients of its origin (a *survey*) and posts a secret to each window that it has not posted to
before; the agent in the page takes it before any listener of the page and says which id it was sent to. That is exact. What is
posted to workers Chromium drops: they are told by URL, owner and order, and marked as inferred.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from swnb.events import ClientIdentified, Event
from swnb.probe.contexts import Context
from swnb.probe.facts import Survey
from swnb.probe.lives import Lives
from swnb.probe.pairing import Pairing
from swnb.vocab import ClientId, ControlReason, Heard

PATIENCE_S = 0.3
"""How long a page may take to say its id before nobody waits for it: its queue is shut until ``DOMContentLoaded``."""

ROW_TYPES = {"worker": "dedicated", "sharedworker": "shared"}

SURVEY = "function (post) { this.survey(post); }"


class Identifier:
    """Finds out the ids of clients.

    Parameters
    ----------
    on_change
        Called when somebody was identified, or a survey ended.
    """

    def __init__(
        self,
        lives: Lives,
        pairing: Pairing,
        emit: Callable[[Event], Event],
        may_post: Callable[[], bool],
        on_change: Callable[[], None],
    ) -> None:
        self._lives = lives
        self.pairing = pairing
        self._emit = emit
        self._may_post = may_post
        self._surveying: dict[Context, float] = {}
        self._again: set[Context] = set()
        self._awaited: dict[str, float] = {}
        self._known: dict[str, Context] = {}
        self._on_change = on_change

    @property
    def pending(self) -> bool:
        """Whether somebody's id is about to become known."""
        if not self._surveying and not self._awaited:
            return False
        now = monotonic()
        return any(now - since < PATIENCE_S for since in (*self._surveying.values(), *self._awaited.values()))

    def by_id(self, client_id: str) -> Context | None:
        """Return the context of a client."""
        return self._known.get(client_id)

    # ---- asking -------------------------------------------------------------------------------------------------

    def appeared(self, context: Context) -> None:
        """A client began, or came so far that messages reach it."""
        if context.kind == "service" or context.client_id is not None or not context.appeared:
            return
        for worker in self._workers(context.origin)[:1]:  # all of them would see the same clients
            self.look_again(worker)

    def returned(self, context: Context) -> None:
        """A client came back from the back/forward cache; its id is still the same."""
        if context.client_id is not None:
            self._known[context.client_id] = context
            self.pairing.identified(context)
        else:
            self.appeared(context)

    def worker_ready(self, worker: Context) -> None:
        """A worker's agent can be asked."""
        self.look_again(worker)

    def claimed(self, worker: Context) -> None:
        """A worker claimed its clients. Windows see it themselves; of workers nobody else tells whom it took over."""
        if any(c.kind in ("dedicated", "shared") and c.alive and c.origin == worker.origin for c in self._lives.all()):
            self.look_again(worker)

    def look_again(self, worker: Context) -> None:
        """Ask a worker for its clients; once more after the present survey, if one is under way."""
        if worker.api is None or not worker.alive:
            return
        if worker in self._surveying:
            self._again.add(worker)
            return
        self._surveying[worker] = monotonic()
        params = {"objectId": worker.api, "functionDeclaration": SURVEY, "arguments": [{"value": self._may_post()}]}
        worker.target.session.post("Runtime.callFunctionOn", params)

    def _workers(self, origin: str) -> list[Context]:
        return [
            c for c in self._lives.all() if c.kind == "service" and c.alive and c.api is not None and c.origin == origin
        ]

    def ended(self, context: Context) -> None:
        """A context is gone."""
        self._surveying.pop(context, None)
        self._again.discard(context)
        if context.client_id is not None:
            self._known.pop(context.client_id, None)

    # ---- being told ---------------------------------------------------------------------------------------------

    def identified(self, context: Context, client_id: ClientId, *, guessed: bool = False) -> None:
        """The id of a client is known."""
        self._awaited.pop(client_id, None)
        if context.client_id != client_id and context.client is not None:
            context.client_id, context.guessed = client_id, guessed
            self._known[client_id] = context
            self._emit(
                ClientIdentified(
                    actor=context.actor,
                    client=context.client,
                    id=client_id,
                    heard=Heard.INFERRED if guessed else Heard.HEARD,
                )
            )
            self.pairing.identified(context)
        self._on_change()

    def surveyed(self, worker: Context, fact: Survey) -> None:
        """A worker told all clients that it sees."""
        self._surveying.pop(worker, None)
        now = monotonic()
        workers: dict[tuple[str, str], list[str]] = {}
        controlled: set[str] = set()
        present = set()
        for row in fact.rows:
            client_id, url, type_ = row[0], row[1], row[2]
            present.add(client_id)
            if row[6]:
                controlled.add(client_id)
            if type_ == "window":
                if client_id not in self._known and self._may_post():
                    self._awaited.setdefault(client_id, now)
            else:
                workers.setdefault((type_, url), []).append(client_id)
        for gone in [client_id for client_id in self._awaited if client_id not in present]:
            del self._awaited[gone]
        for (type_, url), ids in workers.items():
            self._guess(worker, ROW_TYPES.get(type_, ""), url, ids)
        self._note_control(worker, controlled)
        if worker in self._again:
            self._again.discard(worker)
            self.look_again(worker)
        self._on_change()

    def _guess(self, worker: Context, kind: str, url: str, ids: list[str]) -> None:
        """Tell workers by URL, owner and order of creation. Those that cannot be told apart stay without an id."""
        found = [
            c for c in self._lives.all() if c.kind == kind and c.origin == worker.origin and c.url == url and c.appeared
        ]
        found.sort(key=lambda c: c.uid)
        if len(found) != len(ids) or len({c.owner for c in found}) > 1:
            return
        for context, client_id in zip(found, ids, strict=True):
            self.identified(context, ClientId(client_id), guessed=True)

    def _note_control(self, worker: Context, controlled: set[str]) -> None:
        """Of workers nobody else tells who controls them; pages see it themselves."""
        for context in self._lives.all():
            if context.kind in ("dedicated", "shared") and context.client_id is not None:
                if context.client_id in controlled:
                    self._lives.set_controller(context, worker.actor, ControlReason.UNKNOWN)
                elif context.controller == worker.actor:
                    self._lives.set_controller(context, None, ControlReason.UNKNOWN)
