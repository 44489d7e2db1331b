"""Evaluating in one realm, by the rules of the DevTools console: top-level await, and the last value is the result."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from swnb import values
from swnb.browser.protocol import CommandTimeout, Message
from swnb.browser.session import Session
from swnb.errors import (
    EvaluationTimeout,
    Interrupted,
    JavaScriptError,
    ProtocolError,
    StackFrame,
    SwnbError,
    TargetGone,
    ValueNotCloneable,
)

GROUP = "swnb"
"""Object group of all that an evaluation leaves in the realm; it is let go of once the value is here."""

CODEC_GROUP = "swnb-codec"

TERMINATION_S = 0.3
"""How long an ended evaluation waits for the realm to be free again."""

FRAME = re.compile(r"^\s+at (?:(?P<function>.*?) \()?(?P<url>[^()]*?):(?P<line>\d+):(?P<column>\d+)\)?$", re.MULTILINE)

LOST = ("Cannot find context", "Could not find object", "Inspected target navigated", "Promise was collected")
"""The protocol has one code for everything; these sentences mean that the realm was replaced under the evaluation."""


class Realm:
    """The global scope of one window's document or of one worker.

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

    async def evaluate(
        self, source: str, *, inputs: Mapping[str, object] | None = None, timeout_s: float | None = None
    ) -> object:
        """Evaluate `source` and return its last value as a Python value; a promise is awaited.

        Parameters
        ----------
        source
            JavaScript, as one would type it into the console. ``let`` and ``const`` may be declared again.
        inputs
            Python values that become global variables of the realm beforehand.
        timeout_s
            After this many seconds the execution is terminated.

        Raises
        ------
        JavaScriptError
            If it throws, or its promise is rejected.
        EvaluationTimeout
            If there is no answer in time.
        ValueNotCloneable
            If an input cannot be sent.
        TargetGone
            If the window or worker ends or navigates meanwhile.
        """
        try:
            if inputs:
                await self._set_globals(inputs, timeout_s)
            result = await self._evaluate(source, timeout_s)
            return await self._value(result, source, timeout_s)
        except CommandTimeout as error:
            raise await self._timed_out(error.timeout_s) from None
        except Interrupted:
            with suppress(SwnbError):
                await self.session.send("Runtime.terminateExecution", timeout_s=TERMINATION_S)
            raise
        except ProtocolError as error:
            if error.message.startswith(LOST):
                raise TargetGone(self.session.subject, "navigated while it was asked") from None
            raise
        except BaseException as error:
            if type(error).__name__ == "CancelledError":  # asyncio's, which is not imported for this alone
                self.session.post("Runtime.terminateExecution")
            raise

    async def call(self, expression: str, *arguments: object, timeout_s: float | None = None) -> Any:
        """Evaluate swnb's own `expression` and return its value, which must be JSON; a promise is awaited.

        With `arguments` the expression is a function and is called with them; they may be any values that can be sent.
        """
        if not arguments:
            params = {"expression": expression, "returnByValue": True, "awaitPromise": True}
            answer = await self._send("Runtime.evaluate", params, timeout_s)
        else:
            wire = values.encode(list(arguments))
            declaration = f"async function(wire) {{ return await ({expression})(...this.decode(wire)) }}"
            params = {"functionDeclaration": declaration, "arguments": [{"value": wire}]}
            answer = await self._with_codec(params | {"returnByValue": True, "awaitPromise": True}, timeout_s)
            self._check_decoded(answer, {"value": wire})
        if "exceptionDetails" in answer:
            raise await self._exception(answer["exceptionDetails"], "", timeout_s)
        return answer["result"].get("value")

    # ---- steps --------------------------------------------------------------------------------------------------

    async def _send(self, method: str, params: Message, timeout_s: float | None) -> Message:
        return await self.session.send(method, params, timeout_s=timeout_s)

    async def _evaluate(self, source: str, timeout_s: float | None) -> Message:
        params = {"expression": source, "replMode": True, "awaitPromise": True, "objectGroup": GROUP}
        return await self._send("Runtime.evaluate", params, timeout_s)

    async def _value(self, answer: Message, source: str, timeout_s: float | None) -> object:
        if "exceptionDetails" in answer:
            raise await self._exception(answer["exceptionDetails"], source, timeout_s)
        remote = answer["result"]
        if "objectId" not in remote:
            return values.decode_remote(remote)
        if remote.get("subtype") == "promise":
            params = {"promiseObjectId": remote["objectId"]}
            return await self._value(await self._send("Runtime.awaitPromise", params, timeout_s), source, timeout_s)
        try:
            return await self._decode(remote["objectId"], timeout_s)
        finally:
            self.session.post("Runtime.releaseObjectGroup", {"objectGroup": GROUP})

    async def _decode(self, object_id: str, timeout_s: float | None) -> object:
        params = {
            "functionDeclaration": "function(value) { return this.encode(value) }",
            "arguments": [{"objectId": object_id}],
            "returnByValue": True,
        }
        answer = await self._with_codec(params, timeout_s)
        if "exceptionDetails" in answer:
            raise ValueNotCloneable(
                "the result", answer["exceptionDetails"].get("exception", {}).get("description", "?")
            )
        return values.decode(answer["result"]["value"])

    async def _set_globals(self, inputs: Mapping[str, object], timeout_s: float | None) -> None:
        for name in inputs:
            if not name.isidentifier():
                raise ValueNotCloneable(name, "it is no name of a variable")
        wires = {name: _encode_input(name, value) for name, value in inputs.items()}
        declaration = "function(wires) { for (const name in wires) globalThis[name] = this.decode(wires[name]) }"
        params = {"functionDeclaration": declaration, "arguments": [{"value": wires}], "returnByValue": True}
        answer = await self._with_codec(params, timeout_s)
        self._check_decoded(answer, wires)
        if "exceptionDetails" in answer:
            raise await self._exception(answer["exceptionDetails"], "", timeout_s)

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

    async def _with_codec(self, params: Message, timeout_s: float | None) -> Message:
        """Call a function whose ``this`` is the codec, putting the codec into the realm first where it is not."""
        if self._codec is not None:
            try:
                return await self._send("Runtime.callFunctionOn", params | {"objectId": self._codec}, timeout_s)
            except ProtocolError as error:
                if not error.message.startswith(LOST):
                    raise
                self._codec = None
        answer = await self._send(
            "Runtime.evaluate", {"expression": values.CODEC_JS, "objectGroup": CODEC_GROUP}, timeout_s
        )
        if "exceptionDetails" in answer:
            raise await self._exception(answer["exceptionDetails"], "", timeout_s)
        self._codec = answer["result"]["objectId"]
        return await self._send("Runtime.callFunctionOn", params | {"objectId": self._codec}, timeout_s)

    # ---- what went wrong ----------------------------------------------------------------------------------------

    async def _exception(self, details: Message, source: str, timeout_s: float | None) -> JavaScriptError:
        remote = details.get("exception", {})
        description = str(remote.get("description", details.get("text", "")))
        try:
            thrown = (
                await self._decode(remote["objectId"], timeout_s)
                if "objectId" in remote
                else values.decode_remote(remote)
            )
        except (SwnbError, LookupError):
            thrown = description  # the realm went away meanwhile; the browser's own words are left
        name, message = getattr(thrown, "name", None), getattr(thrown, "message", None)
        if not isinstance(name, str) or not isinstance(message, str):
            name, message = ("", f"thrown: {thrown!r}") if remote.get("subtype") != "error" else _split(description)
        frames = [
            StackFrame(
                m["function"] or "", "" if m["url"] == "<anonymous>" else m["url"], int(m["line"]), int(m["column"])
            )
            for m in FRAME.finditer(description)
        ]
        line, column = _place(details, remote, frames)
        return JavaScriptError(
            name,
            message,
            line=line,
            column=column,
            source_line=_line(source, line),
            frames=frames,
            value=thrown,
        )

    async def _timed_out(self, timeout_s: float) -> EvaluationTimeout:
        """End what still executes. A realm that answers at once executes nothing: there a promise is pending."""
        session = self.session
        try:
            await session.send("Runtime.evaluate", {"expression": "1"}, timeout_s=TERMINATION_S)
        except SwnbError:
            with suppress(SwnbError):
                await session.send("Runtime.terminateExecution", timeout_s=TERMINATION_S)
            return EvaluationTimeout(timeout_s, session.subject, "; the execution was terminated")
        return EvaluationTimeout(timeout_s, session.subject, "; a promise is still pending")


def _encode_input(name: str, value: object) -> list[Any]:
    try:
        return values.encode(value)
    except ValueNotCloneable as error:
        raise ValueNotCloneable(error.path.replace("value", name, 1), error.reason) from None


def _split(description: str) -> tuple[str, str]:
    first = description.split("\n", 1)[0]
    name, colon, message = first.partition(": ")
    return (name, message) if colon else ("", first)


def _place(details: Message, remote: Message, frames: list[StackFrame]) -> tuple[int, int]:
    """Line and column in the evaluated source, from 1; (0, 0) where the error came from elsewhere."""
    if remote.get("className") == "SyntaxError" and "scriptId" in details:
        return details["lineNumber"] + 1, details["columnNumber"] + 1
    for frame in frames:
        if not frame.url:
            return frame.line, frame.column
    return 0, 0


def _line(source: str, line: int) -> str:
    lines = source.split("\n")
    return lines[line - 1] if 0 < line <= len(lines) else ""
