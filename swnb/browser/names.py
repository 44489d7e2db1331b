"""Names of global variables in JavaScript: which words can be one, and how one gets its value."""

from __future__ import annotations

from swnb.errors import InvalidArgument

RESERVED = frozenset(
    """
    arguments await break case catch class const continue debugger default delete do else enum eval export extends false
    finally for function if implements import in instanceof interface let new null package private protected public return
    static super switch this throw true try typeof var void while with yield undefined NaN Infinity globalThis
    """.split()  # noqa: SIM905  (52 words in a column of their own would say less)
)
"""ECMAScript's reserved words, in strict code too, and what of the global object nobody should shadow."""

SET_GLOBALS = """function(wires) {
  for (const name in wires) {
    const value = this.decode(wires[name]);
    try { this.define(name, value) }
    catch { return name }
  }
}"""
"""Defines; assigning would make ``window.name = 3`` a string and ``location = …`` a navigation. Returns a name that is taken."""


UNSHADOW = "if ({0} !== globalThis.{0}) {0} = globalThis.{0};"
"""Gives a ``let`` of that name, which hides the global variable, its value, too."""


def checked_name(name: str) -> str:
    """Return `name` if a variable can be called so.

    Raises
    ------
    InvalidArgument
        If it cannot.
    """
    if name in RESERVED:
        raise InvalidArgument(f"{name!r} is a reserved word of JavaScript", "give the input another name")
    if not name.replace("$", "_").isidentifier():
        raise InvalidArgument(f"{name!r} is no name of a variable", "letters, digits, `_` and `$`, no digit first")
    return name
