"""A service worker's agent may hold facts back for some milliseconds; before swnb stops the worker it is told to do so no more."""

from __future__ import annotations

from contextlib import suppress

from swnb.browser.service_workers import Version
from swnb.browser.targets import Targets
from swnb.errors import SwnbError

PATIENCE_S = 0.25
"""How long a worker may take to hear it: one in an endless loop never does."""

HASTEN = "function () { this.hasten(); }"


async def hasten(targets: Targets, version: Version) -> None:
    """Let a worker's agent tell all that it holds back, and from here on each fact at once."""
    target = targets.by_id.get(version.target_id) if version.target_id is not None else None
    if target is None or target.session.agent is None:
        return
    params = {"objectId": target.session.agent, "functionDeclaration": HASTEN}
    with suppress(SwnbError):  # it is being stopped already, or does not answer
        await target.session.send("Runtime.callFunctionOn", params, timeout_s=PATIENCE_S)
