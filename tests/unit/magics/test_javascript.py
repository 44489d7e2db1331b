from __future__ import annotations

import pytest

from swnb.magics.javascript import bound_names, find_unclosed


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("const a = 1, b = [2, 3], c = {d: 1}", {"a", "b", "c"}),
        ("let a; var b\nlet c = 1", {"a", "b", "c"}),
        ("const {a, b: c, d = 5, e: {f}, ...g} = x", {"a", "c", "d", "f", "g"}),
        ("const [a, , b = 2, [c], ...d] = x", {"a", "b", "c", "d"}),
        ("let {[key]: a, 'b': c} = x", {"a", "c"}),
        ("[a, b] = [b, a]; ({c, d} = e)", {"a", "b", "c", "d"}),
        ("async function f(x) { let no = 1 }\nclass C { no = 1 }\nfunction* g() {}", {"f", "C", "g"}),
        ("a = 1; b += 2; c ??= 3", {"a", "b", "c"}),
        ("const a = b = 3", {"a", "b"}),
        ("const a = 1\nb = 2\nconst c = 3", {"a", "b", "c"}),
        ("const a = x in y\nb = 2", {"a", "b"}),
        ("o.a = 1; a == 1; a === 1; a <= 1; a => 1; f({a: 1})", set()),
        ("// a = 1\n/* b = 2 */ 'c = 3'; `d = ${ {e: 1} } = 3`", set()),
        ("const re = /=[/]x = /.test(s), b = 4 / 2 / 1", {"re", "b"}),
        ("const f = function named() {}, g = async x => { let no }", {"f", "g"}),
        ("const all = await clients.matchAll({type: 'all'});\nall.slice(0, 3).map(c => c.url)", {"all"}),
        ("all.map(urls => urls)", set()),
        ("for (const x of y) { z }", set()),
        ("", set()),
    ],
)
def test_bound_names(source: str, names: set[str]) -> None:
    assert bound_names(source) == names


@pytest.mark.parametrize(
    ("source", "what", "line", "column"),
    [
        ("f({\n  a: 1,\n", "{", 1, 3),
        ("x = [\n  1, (2]", "(", 2, 6),
        ("`abc ${x", "${", 1, 6),
        ("1;\n`abc", "template", 2, 1),
        ("1 /* x", "comment", 1, 3),
        ("a = 'abc\n", "string", 1, 5),
        ("f(')'", "(", 1, 2),
        ("a = /[/(]/; (", "(", 1, 13),
        ("a / b / (c", "(", 1, 9),
        ("`${ `${ (a` }`", "`", 0, 0),
    ],
)
def test_find_unclosed(source: str, what: str, line: int, column: int) -> None:
    found = find_unclosed(source)
    assert found is not None
    if line:
        assert (found.what, found.line, found.column) == (what, line, column)


@pytest.mark.parametrize(
    "source", ["", "f({a: [1]})", "`a${b}c${`d${e}`}`", "'{' + \"(\" + `[` // (", "/[(]/.test('x')", "1}", "#!x {\n1"]
)
def test_what_is_closed_is_not_complained_of(source: str) -> None:
    assert find_unclosed(source) is None


def test_an_unclosed_bracket_says_where() -> None:
    assert str(find_unclosed("f(\n{")) == "the bracket { that opens in line 2, column 1 is never closed"
    assert str(find_unclosed("`")) == "the template that opens in line 1, column 1 is never closed"
