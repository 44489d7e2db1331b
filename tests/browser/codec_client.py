"""Both halves of the values, joined over a bare pipe."""

from __future__ import annotations

from typing import Any

from swnb import values
from tests.browser.bare_pipe import BarePipe


class Thrown(Exception):  # noqa: N818 - what JavaScript threw is not always an error
    """What the page threw."""


class Codec:
    """The codec in one execution context."""

    def __init__(self, pipe: BarePipe, before: str = "0") -> None:
        self.pipe = pipe
        self._result(pipe.call("Runtime.evaluate", expression=before))
        self.handle = self._result(pipe.call("Runtime.evaluate", expression=values.CODEC_JS))["objectId"]

    @staticmethod
    def _result(answer: Any) -> Any:
        if "exceptionDetails" in answer:
            raise Thrown(answer["exceptionDetails"].get("exception", {}).get("description"))
        return answer["result"]

    def call(self, declaration: str, *arguments: dict[str, Any]) -> Any:
        """Call a function with the codec as `this`; give its result by value."""
        params = {"objectId": self.handle, "functionDeclaration": declaration, "arguments": list(arguments)}
        return self._result(self.pipe.call("Runtime.callFunctionOn", **params, returnByValue=True)).get("value")

    def value(self, expression: str, *, text: bool = False) -> Any:
        """Evaluate in the page and take the value over, as a realm does."""
        remote = self._result(self.pipe.call("Runtime.evaluate", expression=f"({expression}\n)"))
        try:
            return values.decode_remote(remote)
        except LookupError:
            options = {"value": [text]}
            argument = {"objectId": remote["objectId"]}
            return values.decode(
                self.call("function (x, t) { return this.encode(x, {text: t[0]}); }", argument, options)
            )

    def check(self, value: object, test: str) -> Any:
        """Send a value and evaluate `test` with it as `x`."""
        return self.call(
            f"function (w) {{ const x = this.decode(w); return {test}; }}", {"value": values.encode(value)}
        )

    def again(self, value: object) -> Any:
        """Send a value there and back."""
        return values.decode(
            self.call("function (w) { return this.encode(this.decode(w)); }", {"value": values.encode(value)})
        )
