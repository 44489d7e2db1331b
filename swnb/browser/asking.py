"""Asking one realm for swnb's own purposes: expressions of its own, values over the codec, and what can go wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from swnb import values
from swnb.browser.cell import Cell
from swnb.browser.protocol import PATIENCE_S, CommandTimeout, Message
from swnb.browser.session import Session
from swnb.errors import (
    EvaluationTimeout,
    JavaScriptError,
    MalformedValue,
    ProtocolError,
    SwnbError,
    TargetGone,
    ValueNotCloneable,
)

TERMINATION_S = 0.3
"""How long an ended evaluation waits for the realm to be free again."""

TERMINATIONS = 3
"""How often an execution is ended: behind an endless loop there may be endless microtasks."""

LOST = (
    "Cannot find context",
    "Could not find object",
    "Inspected target navigated",
    "Promise was collected",
    "uniqueContextId",
)
"""The protocol has one code for everything; these sentences mean that the realm was replaced under the evaluation."""


T = TypeVar("T")

SWNB = Cell("")
"""Stands for swnb's own expressions: no place in them is the user's."""

ASK = "function () { const { clients } = this; return %s }"

TOOLS = """(() => {
  const {defineProperty} = Object;
  const {encode, decode} = %s;
  const define = (name, value) => defineProperty(globalThis, name,
    {__proto__: null, value, writable: true, enumerable: true, configurable: true});
  return {__proto__: null, encode, decode, define};
})()"""
"""What swnb has in a realm: taken before a script patches it, if it is asked before."""


class Asking:
    """The part of a `Realm` that asks.

    Parameters
    ----------
    session
        Of its target.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._codec: str | None = None
        session.on("Inspector.targetReloadedAfterCrash", lambda _: self.renew())
        session.on("Page.frameNavigated", lambda event: None if event["frame"].get("parentId") else self.renew())

    def renew(self) -> None:
        """Forget what was put into the realm: the target has a new one."""
        self._codec = None

    async def call(self, expression: str, *arguments: object, timeout_s: float = PATIENCE_S) -> Any:
        """Evaluate swnb's own `expression` and return its value, which must be JSON; a promise is awaited.

        With `arguments` the expression is a function and is called with them; they may be any values that can be sent.
        """
        return await self._guarded(self._call(expression, arguments, timeout_s))

    async def ask(self, expression: str, *, timeout_s: float = PATIENCE_S) -> Any:
        """Evaluate swnb's own `expression` in a worker as `call` does, with ``clients`` standing for the agent's own.

        What is asked so is not reported as a call of the worker's; where there is no agent it is the worker's own ``clients``.
        """
        agent = self.session.agent
        if agent is not None:
            try:
                return await self._guarded(self._ask(agent, expression, timeout_s))
            except (TargetGone, ProtocolError):
                if self.session.gone or self.session.agent == agent:
                    raise
        return await self.call(expression, timeout_s=timeout_s)

    async def apply(self, agent: str, function: str, *arguments: object, timeout_s: float = PATIENCE_S) -> Any:
        """Call swnb's own `function` with an object of swnb's in the realm as ``this``; arguments and value are JSON.

        Parameters
        ----------
        agent
            CDP's id of the object.
        """
        return await self._guarded(self._apply(agent, function, arguments, timeout_s))

    async def _ask(self, agent: str, expression: str, timeout_s: float) -> Any:
        return await self._apply(agent, ASK % expression, (), timeout_s)

    async def _apply(self, agent: str, function: str, arguments: tuple[object, ...], timeout_s: float) -> Any:
        params = {
            "objectId": agent,
            "functionDeclaration": function,
            "arguments": [{"value": argument} for argument in arguments],
            "returnByValue": True,
            "awaitPromise": True,
        }
        return await self._result(await self._send("Runtime.callFunctionOn", params, timeout_s), timeout_s)

    async def _guarded(self, work: Awaitable[T]) -> T:
        """Bring `work` to its end, or say why it has none; before it returns, what the realm did meanwhile is heard."""
        try:
            result = await work
        except JavaScriptError:
            await self._heard()
            raise
        except CommandTimeout as error:
            raise await self._timed_out(error.timeout_s) from None
        except ProtocolError as error:
            if error.message.startswith(LOST):
                raise TargetGone(self.session.subject, "navigated while it was asked") from None
            raise
        await self._heard()
        return result

    async def _heard(self) -> None:
        """Wait until what the realm did before its answer is in the log. Who drives does that afterwards."""
        drain = self.session.drain
        if drain is not None and not self.session.connection.exchange.driving:
            await drain()

    # ---- steps --------------------------------------------------------------------------------------------------

    async def _send(self, method: str, params: Message, timeout_s: float) -> Message:
        if self.session.context and method == "Runtime.evaluate":  # see `swnb.browser.restarts`
            params = params | {"uniqueContextId": self.session.context}
        return await self.session.send(method, params, timeout_s=timeout_s)

    async def _call(self, expression: str, arguments: tuple[object, ...], timeout_s: float) -> Any:
        if not arguments:
            params = {"expression": expression, "returnByValue": True, "awaitPromise": True}
            answer = await self._send("Runtime.evaluate", params, timeout_s)
        else:
            wire = values.encode(list(arguments))
            declaration = f"async function(wire) {{ return await ({expression})(...this.decode(wire)) }}"
            params = {"functionDeclaration": declaration, "arguments": [{"value": wire}]}
            answer = await self._with_codec(params | {"returnByValue": True, "awaitPromise": True}, timeout_s)
            self._check_decoded(answer, {"value": wire})
        return await self._result(answer, timeout_s)

    async def _result(self, answer: Message, timeout_s: float) -> Any:
        if "exceptionDetails" in answer:
            raise await self._exception(answer["exceptionDetails"], SWNB, timeout_s)
        return answer["result"].get("value")

    def _release(self, object_id: str) -> None:
        """Let go of one object. Not of the whole group: another evaluation may be under way in the same realm."""
        self.session.post("Runtime.releaseObject", {"objectId": object_id})

    async def _decode(self, object_id: str, timeout_s: float) -> object:
        """Return an object as a Python value, and let go of it."""
        params = {
            "functionDeclaration": "function(value) { return this.encode(value) }",
            "arguments": [{"objectId": object_id}],
            "returnByValue": True,
        }
        try:
            answer = await self._with_codec(params, timeout_s)
        finally:
            self._release(object_id)
        if "exceptionDetails" in answer:
            raise ValueNotCloneable(
                "the result", answer["exceptionDetails"].get("exception", {}).get("description", "?")
            )
        return values.decode(answer["result"]["value"])

    @staticmethod
    def _check_decoded(answer: Message, wires: Mapping[str, list[Any]]) -> None:
        """Raise `ValueNotCloneable` if the browser's half of the codec refused what was sent."""
        if "exceptionDetails" not in answer:
            return
        description = str(answer["exceptionDetails"].get("exception", {}).get("description", ""))
        for wire in wires.values():
            refused = values.not_cloneable(wire, description)
            if refused is not None:
                raise refused

    async def _with_codec(self, params: Message, timeout_s: float) -> Message:
        """Call a function whose ``this`` is the codec, putting the codec into the realm first where it is not."""
        if self._codec is not None:
            try:
                return await self._send("Runtime.callFunctionOn", params | {"objectId": self._codec}, timeout_s)
            except ProtocolError as error:
                if not error.message.startswith(LOST):
                    raise
                self._codec = None
        answer = await self._send("Runtime.evaluate", {"expression": TOOLS % values.CODEC_JS}, timeout_s)
        if "exceptionDetails" in answer:  # told without the codec
            said = answer["exceptionDetails"].get("exception", {}).get("description", "it threw")
            raise MalformedValue(
                0, f"{self.session.subject} has changed what swnb's script there builds on ({said.splitlines()[0]})"
            )
        self._codec = answer["result"]["objectId"]
        return await self._send("Runtime.callFunctionOn", params | {"objectId": self._codec}, timeout_s)

    # ---- what went wrong ----------------------------------------------------------------------------------------

    async def _exception(self, details: Message, cell: Cell, timeout_s: float) -> JavaScriptError:
        remote = details.get("exception", {})
        try:
            thrown = (
                await self._decode(remote["objectId"], timeout_s)
                if "objectId" in remote
                else values.decode_remote(remote)
            )
        except (SwnbError, LookupError):
            # the realm went away meanwhile; the browser's own words are left
            thrown = remote.get("description", details.get("text", ""))
        return cell.error(details, thrown)

    async def _timed_out(self, timeout_s: float) -> EvaluationTimeout:
        """End what still executes. A realm that answers at once executes nothing: there a promise is pending."""
        session = self.session
        ending = "; a promise is still pending"
        for _ in range(TERMINATIONS):
            with suppress(SwnbError):
                await self._send("Runtime.evaluate", {"expression": "1"}, TERMINATION_S)
                return EvaluationTimeout(timeout_s, session.subject, ending)
            ending = "; the execution was terminated"
            with suppress(SwnbError):
                await session.send("Runtime.terminateExecution", timeout_s=TERMINATION_S)
        return EvaluationTimeout(timeout_s, session.subject, ending)
