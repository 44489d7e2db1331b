"""The agent's JavaScript: its parts joined into one expression."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from swnb.vocab import AGENT_URL

PAYLOAD_CHARACTERS = 65536
"""Up to which length of JSON a payload is kept, unless another is asked for."""

AGENT_DIGEST: str
"""sha256 of the joined template, in hexadecimal: a recording names by it what heard it. Read on first use."""


@cache
def _template() -> str:
    first, *rest = [part.read_text(encoding="utf-8") for part in sorted((Path(__file__).parent / "agent").glob("*.js"))]
    body = _without_comments("\n".join([first, 'if (typeof binding !== "function") return undefined;', *rest]))
    return f'(() => {{\n"use strict";\n{body}\nreturn api;\n}})()\n//# sourceURL={AGENT_URL}'


def _without_comments(source: str) -> str:
    """Leave out comments that have lines of their own, and indentation: half of the text, read by V8 in every new context.

    No string of the agent's goes over several lines, so a line that begins like a comment is one.
    """
    kept = []
    within = False
    for line in source.split("\n"):
        code = line.strip()
        if within or code.startswith("/*"):
            _, end, rest = code.partition("*/")
            within, code = not end, rest.strip()
        if code and not code.startswith("//"):
            kept.append(code)
    return "\n".join(kept)


def __getattr__(name: str) -> str:
    if name != "AGENT_DIGEST":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from hashlib import sha256

    digest = sha256(_template().encode()).hexdigest()
    globals()["AGENT_DIGEST"] = digest
    return digest


def preload() -> None:
    """Read the agent's parts, while something else is waited for."""
    _template()


@cache
def agent_source(binding: str, secret: str, limit: int = PAYLOAD_CHARACTERS, *, holds: bool = True) -> str:
    """Return the expression that is the agent; its value is the agent's api, undefined where no binding was found.

    Parameters
    ----------
    binding
        Name of the binding that it reports over; its global is deleted at once.
    secret
        Text that no page can guess: swnb's own messages begin with it, and realms find each other by it.
    limit
        Characters of JSON up to which a payload is kept.
    holds
        Whether facts may be held back where there are many, to the end of a task or some milliseconds.
    """
    source = _template()
    for name, value in {"BINDING": binding, "SECRET": secret, "LIMIT": limit, "HOLDS": holds}.items():
        source = source.replace(f"__{name}__", json.dumps(value))
    return source
