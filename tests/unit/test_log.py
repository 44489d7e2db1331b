from __future__ import annotations

from swnb.events import Event, WindowClosed, WindowLoaded
from swnb.log import Log
from swnb.vocab import TargetId


def loaded(name: str) -> WindowLoaded:
    return WindowLoaded(target_id=TargetId("t"), name=name)


def test_events_are_numbered_and_timed() -> None:
    log = Log()
    first, second = log.append(loaded("a")), log.append(loaded("b"))
    assert (first.seq, second.seq) == (0, 1)
    assert 0 < first.t_mono_ns <= second.t_mono_ns
    assert (len(log), list(log), log[-1], log[:1]) == (2, [first, second], second, [first])
    assert repr(log) == "<Log of 2 events>"


def test_since_a_mark() -> None:
    log = Log()
    start = log.mark()
    log.append(loaded("a"))
    log.act()
    closed = log.append(WindowClosed(target_id=TargetId("t"), name="a"))
    assert [type(event) for event in log.since(start)] == [WindowLoaded, WindowClosed]
    assert list(log.since(log.acting)) == [closed]
    assert list(log.since(log.mark())) == []
    assert start < log.acting < log.mark()


def test_callbacks_hear_each_event_and_may_leave_while_they_do() -> None:
    log = Log()
    heard: list[tuple[str, int]] = []

    def once(event: Event) -> None:
        heard.append(("once", event.seq))
        log.on_event.remove(once)

    log.on_event += [once, lambda event: heard.append(("always", event.seq))]
    log.append(loaded("a"))
    log.append(loaded("b"))
    assert heard == [("once", 0), ("always", 0), ("always", 1)]
