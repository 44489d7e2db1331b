"""What to do about the browser's refusals to register a worker. The browser tells them apart by their sentences only."""

from __future__ import annotations

from swnb.errors import JavaScriptError

LOOK = "evaluate it with `%%sw page WINDOW` to see where"
ADVICE = {
    "bad HTTP response code": "nothing is served there, or with that status: `%sw routes` lists what is served",
    "unsupported MIME type": "serve it as JavaScript: a path that ends in .js, or `--type text/javascript`",
    "is not under the max scope allowed": "a wider scope needs the header: `%%sw file PATH --header 'Service-Worker-Allowed: /'`",
    "script evaluation failed": f"the script has a syntax error, or threw at its top level; {LOOK}",
    "does not match the current origin": "script and scope must be of the window's own origin",
    "failed to fetch": "the script could not be fetched: `%sw routes` lists what is served",
    "threw an exception during script evaluation": f"the script threw at its top level; {LOOK}",
    "unknown error occurred when fetching": "the script could not be fetched: `%sw routes` lists what is served",
}
"""By a part of the browser's sentence."""


def advised(error: JavaScriptError, hint: str = "") -> JavaScriptError:
    """Return the error with what to do about it; `hint` goes before what its sentence alone suggests."""
    todo = hint or next((advice for part, advice in ADVICE.items() if part in error.message), "")
    if not todo:
        return error
    return JavaScriptError(error.name, error.message, frames=(), value=error.value, todo=todo)
