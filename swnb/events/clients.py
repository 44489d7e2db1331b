"""Facts about clients: windows' documents, frames, dedicated and shared workers."""

from __future__ import annotations

from swnb.events.base import Event
from swnb.vocab import ClientId, ClientType, ControlReason, FrameType, Lifecycle, TargetId, VisibilityState


class ClientEvent(Event, frozen=True, kw_only=True, gc=False, tag="client"):
    """What all facts about a client have.

    Attributes
    ----------
    client
        Which: ``c1``, ``c2``, … in order of first appearance. Each document, and each worker, is a client of its own; `actor`
        is the window's name, where it is a window's document.
    """

    client: str


class ClientAppeared(ClientEvent, frozen=True, kw_only=True, gc=False, tag="client.appeared"):
    """A document or a worker began. What shows an error page, or is of an opaque origin, appears too; it has no `Client.id`.

    Attributes
    ----------
    url
        That it was created with; for `blob:` and `about:` documents that one.
    type, frame_type
        As in the specification; Chromium answers ``top-level`` for a pop-up.
    origin
        Serialized; ``"null"`` for an opaque one.
    target_id, frame_id
        CDP's ids; a frame's target is its page's, unless it is of another site; a worker has no `frame_id`.
    name
        Of the window; None for frames and workers.
    former
        The client that was in the same frame before (a navigation, a reload).
    owner
        The client that it belongs to: the parent of a frame, the creator of a dedicated worker, the opener of a pop-up.
    ancestor_origins
        ``location.ancestorOrigins``, parent first.
    visibility_state, focused
        At its beginning.
    """

    url: str
    type: ClientType
    frame_type: FrameType
    origin: str
    target_id: TargetId
    frame_id: str = ""
    name: str | None = None
    former: str | None = None
    owner: str | None = None
    ancestor_origins: tuple[str, ...] = ()
    visibility_state: VisibilityState | None = None
    focused: bool = False


class ClientIdentified(ClientEvent, frozen=True, kw_only=True, gc=False, tag="client.identified"):
    """The browser's `Client.id` of a client became known: exactly for windows, `inferred` for workers."""

    id: ClientId


class ClientChanged(ClientEvent, frozen=True, kw_only=True, gc=False, tag="client.changed"):
    """Something of a client changed; what did not is None.

    Attributes
    ----------
    location
        Its address without a new document (``history.pushState``, a fragment): `Client.url` stays.
    lifecycle
        Page Lifecycle's word.
    """

    location: str | None = None
    visibility_state: VisibilityState | None = None
    focused: bool | None = None
    lifecycle: Lifecycle | None = None


class ClientControlled(ClientEvent, frozen=True, kw_only=True, gc=False, tag="client.controlled"):
    """A service worker controls a client from now on. `cause` is the ``claim()`` or activation, where it is known.

    Attributes
    ----------
    worker
        ``w1``, ``w2``, …
    former
        The worker that controlled it before.
    reason
        How it came.
    """

    worker: str
    former: str | None = None
    reason: ControlReason = ControlReason.UNKNOWN


class ClientReleased(ClientEvent, frozen=True, kw_only=True, gc=False, tag="client.released"):
    """No worker controls a client any more, while it lives on."""

    worker: str


class ControllerChange(ClientEvent, frozen=True, kw_only=True, gc=False, tag="client.controllerchange"):
    """``controllerchange`` was dispatched in a page.

    Attributes
    ----------
    script_url, state
        Of ``navigator.serviceWorker.controller`` at that moment; None where it is null.
    """

    script_url: str | None
    state: str | None


class MessagesStarted(ClientEvent, frozen=True, kw_only=True, gc=False, tag="client.messages_started"):
    """A page's queue of messages from workers was opened: ``DOMContentLoaded``, ``startMessages()`` or ``onmessage``."""


class ClientReturned(ClientEvent, frozen=True, kw_only=True, gc=False, tag="client.returned"):
    """A document came back from the back/forward cache: the same client, with its id and its controller.

    Going there it was told as gone, since nobody knows then whether a document will be kept.
    """


class ClientGone(ClientEvent, frozen=True, kw_only=True, gc=False, tag="client.gone"):
    """A client ended: navigated away, closed, terminated."""
