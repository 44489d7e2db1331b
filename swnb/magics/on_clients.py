"""Verbs of the Clients API, called inside a worker."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from swnb.errors import InvalidArgument, JavaScriptError
from swnb.magics.arguments import Argument, Completes, literal
from swnb.magics.call import Call
from swnb.magics.living import LANGUAGE, LIVE, asked_live, live
from swnb.magics.near import near
from swnb.magics.on_workers import ROLE, SCOPE
from swnb.magics.verbs import verb
from swnb.vocab import ClientType

if TYPE_CHECKING:
    from swnb.clients.data import ClientList
    from swnb.lab.facade import Client, Clients, WindowClient
    from swnb.views.live.view import View

GROUP = "Clients, asked in a worker"

CLIENT = Argument(
    "client",
    "a client's id, or a window's name",
    "CLIENT",
    required=True,
    convert=literal,
    completes=Completes.CLIENT,
)

NO_ACTIVATION = Argument("--no-activation", "the bare call, without a click: the browser refuses it")


def _clients(call: Call) -> Clients:
    return call.lab.find_worker(role=call.arguments.text("role"), scope=call.arguments.text("scope")).clients


def _window_client(call: Call) -> WindowClient:
    from swnb.lab.facade import WindowClient

    client = _client(call)
    if not isinstance(client, WindowClient):
        raise InvalidArgument(f"{client.id} is a {client.type}, no window", "`%sw clients` lists the windows")
    return client


def _client(call: Call) -> Client:
    name = call.arguments.need("client")
    client = _clients(call).get(name)
    if client is None:
        raise InvalidArgument(
            f"{name!r} is no client's id and no window's name",
            "`%sw clients --include-uncontrolled --type all` lists the clients, `%sw windows` the windows",
        )
    return client


@verb(
    "clients",
    "clients.matchAll({type, includeUncontrolled}). With --live a table that follows the lab: all clients, as they are heard.",
    Argument("--include-uncontrolled", "also those that this worker does not control"),
    Argument("--type", "only clients of this type; window unless given", "TYPE", choices=tuple(map(str, ClientType))),
    LIVE,
    LANGUAGE,
    ROLE,
    SCOPE,
    group=GROUP,
    example="%sw clients --include-uncontrolled --type all",
)
def clients(call: Call) -> ClientList[Client] | View:
    """List the clients."""
    if asked_live(call):
        return live(call, "clients")
    kind = call.arguments.text("type") or ClientType.WINDOW
    return _clients(call).match_all(type=kind, include_uncontrolled=call.arguments.flag("include_uncontrolled"))


@verb(
    "get",
    "clients.get(id); a window's name stands for its client. Nothing where the browser answers undefined.",
    CLIENT,
    ROLE,
    SCOPE,
    group=GROUP,
    example="%sw get home",
)
def get(call: Call) -> Client | None:
    """Get one client."""
    name = call.arguments.need("client")
    client = _clients(call).get(name)
    if client is None:
        call.say(f"undefined: no client has the id {name!r}, and no window has that name")
    return client


@verb(
    "claim",
    "clients.claim(): control every window and worker in the scope.",
    ROLE,
    SCOPE,
    group=GROUP,
    example="%sw claim",
)
def claim(call: Call) -> None:
    """Claim the clients."""
    _clients(call).claim()


@verb(
    "navigate",
    "WindowClient.navigate(url): the window's next document is another client with another id.",
    CLIENT,
    Argument(
        "url", "path or URL, relative to the worker's script", required=True, convert=literal, completes=Completes.PATH
    ),
    ROLE,
    SCOPE,
    group=GROUP,
    example="%sw navigate home /other.html",
)
def navigate(call: Call) -> WindowClient | None:
    """Navigate a client; None where the new document is of another origin, or could not be loaded."""
    name = call.arguments.need("client")
    try:
        client = _window_client(call).navigate(call.arguments.need("url"))
    except JavaScriptError as error:
        raise of_navigation(error, name) from None
    if client is None:
        call.say(
            "null: the new document is not of this origin, or it could not be loaded; `%sw windows` shows the window"
        )
    return client


def of_navigation(error: JavaScriptError, name: str) -> JavaScriptError:
    """Return the browser's refusal to navigate a client, with what to do where another worker, or none, controls it."""
    if "not the client's active service worker" not in error.message:
        return error
    todo = f"`{name}` is not controlled by that worker: `%sw claim`, or reload the window"
    return JavaScriptError(error.name, error.message, value=error.value, todo=todo)


@verb(
    "focus",
    "WindowClient.focus(), inside a click on a notification of swnb's own: the browser allows it only there.",
    CLIENT,
    NO_ACTIVATION,
    ROLE,
    SCOPE,
    group=GROUP,
    example="%sw focus home",
)
def focus(call: Call) -> WindowClient:
    """Focus a client."""
    return _window_client(call).focus(activation=not call.arguments.flag("no_activation"))


@verb(
    "open-window",
    "clients.openWindow(url), inside a click on a notification of swnb's own: the browser allows it only there.",
    Argument(
        "url", "path or URL, relative to the worker's script", required=True, convert=literal, completes=Completes.PATH
    ),
    NO_ACTIVATION,
    ROLE,
    SCOPE,
    group=GROUP,
    example="%sw open-window /",
)
def open_window(call: Call) -> WindowClient | None:
    """Open a window from the worker; None where it is of another origin."""
    client = _clients(call).open_window(call.arguments.need("url"), activation=not call.arguments.flag("no_activation"))
    if client is None:
        call.say("null: the new window is of another origin")
    return client


@verb(
    "post",
    "Client.postMessage(message), with JSON or the value of a Python variable.",
    CLIENT,
    Argument(
        "message",
        "JSON, or the name of a Python variable",
        "MESSAGE",
        required=True,
        rest=True,
        completes=Completes.VARIABLE,
    ),
    ROLE,
    SCOPE,
    group=GROUP,
    example='%sw post home {"say": "hello"}',
)
def post(call: Call) -> None:
    """Post a message to a client."""
    _client(call).post_message(message_of(call.arguments.need("message"), call.variables))


def message_of(text: str, variables: dict[str, object]) -> object:
    """Return the value that `text` stands for: a variable, or JSON.

    Raises
    ------
    InvalidArgument
        If it is neither.
    """
    if text.isidentifier() and text not in ("true", "false", "null"):
        if text in variables:
            return variables[text]
        meant = near(text, [name for name in variables if not name.startswith("_")])
        hint = f"did you mean {meant}? " if meant else ""
        raise InvalidArgument(
            f"there is no Python variable {text!r}", f"{hint}a text is written with quotes: {_quoted(text)}"
        )
    inner = text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text  # '"hello"', as in a shell
    try:
        return json.loads(inner)
    except json.JSONDecodeError as error:
        if inner[:1] in tuple('{["'):
            what = f"the message is no JSON: {error.msg.lower()}, at character {error.pos + 1}"
            raise InvalidArgument(what, 'give JSON, {"a": [1, 2]}, or the name of a Python variable') from None
        raise InvalidArgument(
            f"the message is no JSON and no Python variable: {text}",
            f"a text is written with quotes: {_quoted(inner)}",
        ) from None


def _quoted(text: str) -> str:
    """Return a text as JSON in the quotes that keep a line's words together, where it holds none of them."""
    whole = json.dumps(text, ensure_ascii=False)
    return whole if "'" in whole else f"'{whole}'"
