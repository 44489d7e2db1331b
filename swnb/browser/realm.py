"""Evaluating in one realm, by the rules of the DevTools console: top-level await, and the last value is the result."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NoReturn

from swnb import values
from swnb.browser.asking import SWNB, TERMINATION_S, Asking
from swnb.browser.cell import Cell
from swnb.browser.names import SET_GLOBALS, UNSHADOW, checked_name
from swnb.browser.protocol import PATIENCE_S, Message
from swnb.browser.session import Session
from swnb.errors import Interrupted, InvalidArgument, SwnbError, ValueNotCloneable


class Realm(Asking):
    """The global scope of one window's document or of one worker.

    Parameters
    ----------
    session
        Of its target.
    gesture
        Whether an evaluation counts as an act of the user, as one in the console does: pop-ups open then.
    """

    def __init__(self, session: Session, *, gesture: bool = False) -> None:
        super().__init__(session)
        self._params: Message = {"replMode": True, "awaitPromise": True}
        if gesture:
            self._params["userGesture"] = True

    async def evaluate(
        self, source: str, *, inputs: Mapping[str, object] | None = None, timeout_s: float = PATIENCE_S
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
            return await self._guarded(self._run(Cell(source), inputs, timeout_s))
        except Interrupted:
            with suppress(SwnbError):
                await self.session.send("Runtime.terminateExecution", timeout_s=TERMINATION_S)
            raise
        except BaseException as error:
            if type(error).__name__ == "CancelledError":  # asyncio's, which is not imported for this alone
                self.session.post("Runtime.terminateExecution")
            raise

    async def _run(self, cell: Cell, inputs: Mapping[str, object] | None, timeout_s: float) -> object:
        if inputs:
            await self._set_globals(inputs, timeout_s)
        as_object = cell.as_object
        if as_object is not None and await self._compiles(as_object, timeout_s):
            cell.take_as_object()
        answer = await self._send("Runtime.evaluate", {"expression": cell.expression} | self._params, timeout_s)
        return await self._value(answer, cell, timeout_s)

    async def _compiles(self, expression: str, timeout_s: float) -> bool:
        """Tell whether a function's expression compiles. It is evaluated, but not called."""
        params = {"expression": f"void ({expression})", "throwOnSideEffect": True, "silent": True}
        return "exceptionDetails" not in await self._send("Runtime.evaluate", params, timeout_s)

    async def _value(self, answer: Message, cell: Cell, timeout_s: float) -> object:
        if "exceptionDetails" in answer:
            raise await self._exception(answer["exceptionDetails"], cell, timeout_s)
        remote = answer["result"]
        if "objectId" not in remote:
            return values.decode_remote(remote)
        if remote.get("subtype") == "promise":
            params = {"promiseObjectId": remote["objectId"]}
            try:
                settled = await self._send("Runtime.awaitPromise", params, timeout_s)
            finally:
                self._release(remote["objectId"])
            return await self._value(settled, cell, timeout_s)
        return await self._decode(remote["objectId"], timeout_s)

    async def _set_globals(self, inputs: Mapping[str, object], timeout_s: float) -> None:
        wires = {checked_name(name): _encode_input(name, value) for name, value in inputs.items()}
        params = {"functionDeclaration": SET_GLOBALS, "arguments": [{"value": wires}], "returnByValue": True}
        answer = await self._with_codec(params, timeout_s)
        self._check_decoded(answer, wires)
        if "exceptionDetails" in answer:
            raise await self._exception(answer["exceptionDetails"], SWNB, timeout_s)
        refused = answer["result"].get("value")
        if refused is not None:
            self._name_taken(refused)
        await self._unshadow(list(wires), timeout_s)

    async def _unshadow(self, names: list[str], timeout_s: float) -> None:
        """Give a ``let`` of the same name the value, too; a ``const`` that was typed is declared again."""
        if await self._runs("".join(UNSHADOW.format(name) for name in names), timeout_s):
            return
        for name in names:
            assigned = await self._runs(UNSHADOW.format(name), timeout_s)
            if not assigned and not await self._runs(f"const {name} = globalThis.{name};", timeout_s):
                self._name_taken(name)

    async def _runs(self, source: str, timeout_s: float) -> bool:
        answer = await self._send("Runtime.evaluate", {"expression": source, "replMode": True}, timeout_s)
        return "exceptionDetails" not in answer

    def _name_taken(self, name: str) -> NoReturn:
        raise InvalidArgument(
            f"{self.session.subject} has a {name!r} of its own that cannot be replaced", "choose another name"
        )


def _encode_input(name: str, value: object) -> list[Any]:
    try:
        return values.encode(value)
    except ValueNotCloneable as error:
        raise ValueNotCloneable(error.path.replace("value", name, 1), error.reason) from None
