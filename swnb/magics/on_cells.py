"""Verbs whose cell is JavaScript: evaluated in a worker or in a window's document, with Python's variables in and out."""

from __future__ import annotations

import re
from collections.abc import Callable

from swnb.errors import InvalidArgument, JavaScriptError
from swnb.magics.arguments import Argument, Completes, positive_seconds
from swnb.magics.call import Call
from swnb.magics.javascript import bound_names, find_unclosed
from swnb.magics.near import near
from swnb.magics.on_workers import ROLE, SCOPE
from swnb.magics.verbs import Form, verb

GROUP = "JavaScript"

IN = Argument(
    "--input", "these Python variables become global variables in JavaScript", "NAME[,NAME…]", "-i", repeat=True,
    completes=Completes.VARIABLE,
)  # fmt: skip
OUT = Argument(
    "--output",
    "set this Python variable to the JavaScript variable of that name; one that the cell does not bind gets the last value",
    "NAME[,NAME…]",
    "-o",
    repeat=True,
)
TIMEOUT = Argument("--timeout", "end it after this time", "SECONDS", convert=positive_seconds)

REFUSED = re.compile(r"Not allowed to (?:open|focus) a window")
ONE_EACH = "each click on a notification allows one openWindow() or focus(): --activation gives the cell one, for 10 s"

Evaluate = Callable[..., object]


@verb(
    "worker",
    "Evaluate the lines below in a worker, as DevTools' console would: top-level await, the last value is the result.",
    IN,
    OUT,
    Argument("--activation", "inside a click on a notification: one openWindow() or focus() works, for 10 s"),
    ROLE,
    SCOPE,
    TIMEOUT,
    group=GROUP,
    forms=(Form.CELL,),
    example="%%sw worker -i limit -o urls",
)
def worker(call: Call) -> object:
    """Evaluate in a worker."""
    given = call.arguments
    evaluate = call.lab.find_worker(role=given.text("role"), scope=given.text("scope")).evaluate
    return _run(call, evaluate, activation=given.flag("activation"))


@verb(
    "page",
    "Evaluate the lines below in a window's document, as DevTools' console would.",
    Argument("name", "name of a window", required=True, completes=Completes.WINDOW),
    IN,
    OUT,
    TIMEOUT,
    group=GROUP,
    forms=(Form.CELL,),
    example="%%sw page home -o reply",
)
def page(call: Call) -> object:
    """Evaluate in a window."""
    return _run(call, call.lab.window(call.arguments.need("name")).evaluate)


def _run(call: Call, evaluate: Evaluate, **how: object) -> object:
    body = call.body or ""
    inputs = {name: variable(name, call.variables) for name in names(call, "input")}
    outputs = names(call, "output")
    # empty lines in place of what stands above: JavaScript then counts lines as the editor does
    source = "\n" * call.offset + f"{body}\n//# sourceURL={call.label}"
    try:
        value = evaluate(source, inputs=inputs, timeout_s=call.timeout_s, **how)
    except JavaScriptError as error:
        raise placed(error, body, call.offset, call.label) from None
    bound = bound_names(body) if outputs else set()
    if len(outputs) == 1 and outputs[0] not in bound:
        call.variables[outputs[0]] = value
    else:
        _set_outputs(call, outputs, evaluate)
    return value


def _set_outputs(call: Call, outputs: list[str], evaluate: Evaluate) -> None:
    missing = []
    for name in outputs:
        try:
            call.variables[name] = evaluate(name, timeout_s=call.timeout_s)
        except JavaScriptError as error:
            if error.name != "ReferenceError":
                raise
            missing.append(name)
    if missing:
        others = [name for name in outputs if name not in missing]
        were = f"{', '.join(others)} {'was' if len(others) == 1 else 'were'} set; " if others else ""
        raise InvalidArgument(
            f"-o: JavaScript has no variable {', '.join(map(repr, missing))} after this cell",
            f"{were}declare it in the cell, or give one -o alone for the last value",
        )


def names(call: Call, option: str) -> list[str]:
    """Return the names of variables that an option lists.

    Raises
    ------
    InvalidArgument
        If one is no name.
    """
    found = [name.strip() for text in call.arguments.many(option) for name in text.split(",")]
    for name in found:
        if not name.isidentifier():
            raise InvalidArgument(
                f"{name!r} is no name of a variable", f"write -{option[0]} a,b or -{option[0]} a -{option[0]} b"
            )
    return list(dict.fromkeys(found))


def variable(name: str, variables: dict[str, object]) -> object:
    """Return the value of a Python variable.

    Raises
    ------
    InvalidArgument
        If there is none, with the nearest one.
    """
    if name in variables:
        return variables[name]
    meant = near(name, [known for known in variables if not known.startswith("_")])
    hint = f"did you mean {meant}?" if meant else f"set it first: {name} = …"
    raise InvalidArgument(f"-i: there is no Python variable {name!r}", hint)


def placed(error: JavaScriptError, body: str, offset: int, label: str) -> JavaScriptError:
    """Return the error with its place in this cell, and with the bracket that was left open where that is the cause."""
    lines = body.rstrip().split("\n")
    line, column, todo = (
        error.line,
        error.column,
        error.todo if error.todo and not error.todo.startswith("line ") else "",
    )
    if not todo and REFUSED.match(error.message):
        todo = ONE_EACH
    if error.name == "SyntaxError" and line:
        unclosed = find_unclosed("\n" * offset + body)
        if unclosed is not None:
            todo = str(unclosed)
        if line > offset + len(lines):  # V8 means the end, which lies behind what was added to the cell
            line, column = offset + len(lines), len(lines[-1]) + 1
    else:
        line, column = next(((f.line, f.column) for f in error.frames if f.url == label), (0, 0))
    at = line - offset - 1
    return JavaScriptError(
        error.name,
        error.message,
        line=line,
        column=column,
        source_line=lines[at] if 0 <= at < len(lines) else "",
        frames=error.frames,
        value=error.value,
        todo=todo,
    )
