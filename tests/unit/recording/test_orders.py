"""Commands are compared with their results, by whom they name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swnb import events as e
from swnb import values
from swnb.errors import InvalidArgument
from swnb.recording.compare import compare
from swnb.recording.lines import Command as Kept
from swnb.recording.lines import Failure
from swnb.recording.orders import Alike
from swnb.vocab import ClientId

from .runs import Command, Run
from .test_naming import PAGE, appeared


def asked(*commands: Any, first: str = "a", second: str = "b", ids: tuple[str, str] = ("i1", "i2")) -> Run:
    events: list[e.Event] = [
        appeared("c1", name="home"),
        appeared("c2", PAGE + first, owner="c1"),
        appeared("c3", PAGE + second, owner="c1"),
    ]
    events += [e.ClientIdentified(actor=c, client=c, id=ClientId(i)) for c, i in zip(("c2", "c3"), ids, strict=True)]
    return Run([event.stamped(seq) for seq, event in enumerate(events)], commands)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (Command("open", {"url": "/"}), Command("open", {"url": "/"}), True),
        (Command("open", {"url": "/"}), Command("open", {"url": "/x"}), False),
        (Command("open", {"url": "/"}), Command("close", {"url": "/"}), False),
        (Command("evaluate", {}, {"a": [1, 2]}), Command("evaluate", {}, {"a": [1, 2]}), True),
        (Command("evaluate", {}, {"a": [1, 2]}), Command("evaluate", {}, {"a": [1, 3]}), False),
        (
            Command("evaluate", {}, InvalidArgument("no", "yes")),
            Command("evaluate", {}, InvalidArgument("no", "well")),
            True,
        ),
        (Command("evaluate", {}, InvalidArgument("no")), Command("evaluate", {}, KeyError("no")), False),
        (Command("evaluate", {}, object()), Command("evaluate", {}, object()), True),
        (Command("x", {}, e.ClientGone(client="c1", seq=7)), Command("x", {}, e.ClientGone(client="c1", seq=9)), True),
        (Command("x", {}, e.ClientGone(client="c1")), Command("x", {}, e.ClientReturned(client="c1")), False),
    ],
)
def test_commands_are_compared(one: Command, other: Command, equal: bool) -> None:
    found = compare(asked(one), asked(other))
    assert found.equal is equal
    assert (found.divergence is None) is equal
    assert found.divergence is found.commands


def test_clients_are_compared_by_who_they_are() -> None:
    one = asked(Command("clients.get", {"of": "c2"}, {"id": "i1", "url": "/a"}))
    other = asked(
        Command("clients.get", {"of": "c3"}, {"id": "j2", "url": "/a"}), first="b", second="a", ids=("j1", "j2")
    )
    assert compare(one, other).equal is True
    assert compare(one, asked(Command("clients.get", {"of": "c3"}, {"id": "i1", "url": "/a"}))).equal is False
    assert compare(one, asked(Command("clients.get", {"of": "c2"}, {"id": "i2", "url": "/a"}))).equal is False


def test_a_command_less() -> None:
    found = compare(asked(Command("open", {"url": "/"}), Command("settle", {})), asked(Command("open", {"url": "/"})))
    assert found.equal is False
    assert found.commands is not None
    assert found.commands.words == "the first run has the command settle() after all that the second one has"
    assert found.commands.actor == "notebook"
    assert found.commands.position == 1


def test_what_came_of_a_command_is_said() -> None:
    found = compare(asked(Command("evaluate", {"script": "1+1"}, 2)), asked(Command("evaluate", {"script": "1+1"}, 3)))
    assert str(found) == (
        "different (5 events)\nin the second run the command evaluate(script='1+1') gave: 3; in the first run it gave: 2\n"
        "left out: client.identified: 4"
    )


def test_events_go_before_commands() -> None:
    one, other = asked(Command("a", {})), asked(Command("b", {}))
    changed = Run([*one.events, e.ClientGone(actor="c2", client="c2").stamped(5)], other.commands)
    found = compare(one, changed)
    assert found.divergence is not None
    assert (
        found.divergence.words
        == "in the second run `c2` (the frame http://lab.localhost/a) ended, which it did not in the first run"
    )
    assert "the commands differ, too: command 1 of the second run was b(), that of the first a()" in str(found)


def test_results_have_paths_and_tolerances() -> None:
    one, other = asked(Command("x", {}, {"t": 1.0, "n": "a"})), asked(Command("x", {}, {"t": 1.5, "n": "b"}))
    assert compare(one, other, ignore="$.n", tolerance=0.5).equal is True
    assert compare(one, other, ignore="$.n", tolerance=0.4).equal is False
    assert compare(one, other, ignore=("$.n", "$.t")).equal is True


def test_commands_of_recordings() -> None:
    failed = Kept(name="open", receiver={"window": "home"}, failure=Failure(type="TargetGone", what="gone"))
    ended = Kept(name="open", receiver={"window": "home"}, answer=[None])
    assert compare(asked(failed), asked(failed)).equal is True
    found = compare(asked(ended), asked(failed))
    assert found.commands is not None
    assert (
        found.commands.words
        == "in the second run the command open(of='home') failed: TargetGone: gone; in the first run it gave: None"
    )


WORDS = st.sampled_from(
    ["c2", "c2", "c3", "home", "x", "half \ud83d", "http://localhost:81/", "http://localhost:82/",
     "0a0b0c0d-0000-4000-8000-000000000000", "0a0b0c0d-0000-4000-8000-000000000001"]
)  # fmt: skip
VALUES = st.recursive(
    WORDS | st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
KEPT = st.builds(
    lambda name, of, given, outcome: Kept(
        name=name, receiver={"window": of}, given={"a": values.encode(given)}, answer=values.encode(outcome)
    ),
    st.sampled_from(["open", "close"]),
    WORDS,
    VALUES,
    VALUES,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(KEPT, min_size=1, max_size=3), st.data())
def test_a_look_at_the_bytes_alone_changes_no_answer(commands: list[Kept], data: st.DataObject) -> None:
    """Whoever is called otherwise in the other run, whatever ids there are, and whatever is left out."""
    others = [data.draw(st.sampled_from([command, command, data.draw(KEPT)])) for command in commands]
    swapped, ids = data.draw(st.booleans()), data.draw(st.sampled_from([("i1", "i2"), UUIDS, UUIDS[::-1]]))
    one = asked(*commands, ids=UUIDS)
    other = asked(*others, first="b" if swapped else "a", second="a" if swapped else "b", ids=ids)
    options: dict[str, Any] = data.draw(
        st.sampled_from([{}, {"ignore": "re:x"}, {"ignore": "$.x"}, {"tolerance": 1.0}])
    )
    quick = compare(one, other, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Alike, "same", lambda *_: False)
        slow = compare(one, other, **options)
    assert (quick.equal, quick.ignored, str(quick)) == (slow.equal, slow.ignored, str(slow))


UUIDS = ("0a0b0c0d-0000-4000-8000-000000000000", "0a0b0c0d-0000-4000-8000-000000000001")


def test_most_commands_are_known_by_their_bytes() -> None:
    looked: list[bool] = []
    plain = Alike.same

    def noted(self: Alike, mine: Any, theirs: Any) -> bool:
        looked.append(plain(self, mine, theirs))
        return looked[-1]

    said = [
        Kept(name="x", given={"a": ["b"]}, answer=[3]),
        Kept(name="x", receiver={"window": "c2"}, answer=[UUIDS[0]]),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Alike, "same", noted)
        assert compare(asked(*said, ids=UUIDS), asked(*said, ids=UUIDS)).equal is True
        assert compare(asked(said[0], ids=UUIDS), asked(said[0], first="b", second="a", ids=UUIDS)).equal is True
    assert looked == [True, False, True]
