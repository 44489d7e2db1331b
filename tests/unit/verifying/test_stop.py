from __future__ import annotations

from swnb.verifying.stop import Stop


def test_a_wish_calls_those_who_wait_and_those_who_come_later() -> None:
    assert not Stop().wished
    stop = Stop()
    called: list[str] = []
    with stop.calls(lambda: called.append("gone before")):
        pass
    with stop.calls(lambda: called.append("waiting")):
        stop.wish()
        stop.wish()
    with stop.calls(lambda: called.append("later")):
        assert stop.wished
    assert called == ["waiting", "later"]
