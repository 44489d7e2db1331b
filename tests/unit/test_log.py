from __future__ import annotations

from typing import Any

import pytest

from swnb.errors import InvalidArgument
from swnb.events import (
    KINDS,
    ClientAppeared,
    ClientChanged,
    ClientEvent,
    ClientGone,
    Event,
    MessageSent,
    Surprise,
    WindowClosed,
    WindowEvent,
    WindowLoaded,
    WindowOpened,
    WorkerStateChanged,
)
from swnb.log import Events, Log
from swnb.vocab import (
    ClientType,
    FrameType,
    Lifecycle,
    MessageVia,
    ServiceWorkerState,
    TargetId,
    VersionId,
    VisibilityState,
)


def loaded(name: str) -> WindowLoaded:
    return WindowLoaded(target_id=TargetId("t"), name=name)


def appeared(client: str, name: str | None) -> ClientAppeared:
    return ClientAppeared(
        actor=name or client,
        client=client,
        url="http://lab.localhost/",
        type=ClientType.WINDOW,
        frame_type=FrameType.TOP_LEVEL,
        origin="http://lab.localhost",
        target_id=TargetId("t"),
        name=name,
    )


def worker(label: str, scope: str = "http://lab.localhost/") -> WorkerStateChanged:
    state = ServiceWorkerState.INSTALLING
    return WorkerStateChanged(
        actor=label, version_id=VersionId(label[1:]), scope=scope, script_url=f"{scope}sw.js", state=state, former=None
    )


def sent(actor: str) -> MessageSent:
    return MessageSent(actor=actor, via=MessageVia.CLIENT, channel="c")


def test_events_are_numbered_and_timed() -> None:
    log = Log()
    first, second = log.append(loaded("a")), log.append(loaded("b"))
    assert (first.seq, second.seq) == (0, 1)
    assert 0 < first.t_mono_ns <= second.t_mono_ns
    assert (len(log), list(log), log[-1], log[:1]) == (2, [first, second], second, [first])
    assert (log.index(second), second in log) == (1, True)


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


def test_acting_verbs_are_kept_beside_the_facts() -> None:
    log = Log()
    log.act("open")
    log.append(loaded("a"))
    log.act("reload", "a")
    assert [(act.seq, act.verb, act.of) for act in log.acts] == [(0, "open", ""), (1, "reload", "a")]
    assert log.acts[0].t_mono_ns <= log[0].t_mono_ns <= log.acts[1].t_mono_ns
    assert len(log) == 1


def test_a_mark_bounds_a_slice() -> None:
    log = Log()
    first = log.append(loaded("a"))
    mark = log.mark()
    second, third = log.append(loaded("b")), log.append(loaded("c"))
    assert (log[mark:], log[:mark], log[mark]) == ([second, third], [first], second)
    assert log[mark : log.mark()][1:] == [third]
    assert isinstance(log[mark:][1:], Events)


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


def test_what_a_callback_appends_is_heard_by_all_in_one_order() -> None:
    log = Log()
    heard: list[tuple[str, str]] = []

    def more(event: Event) -> None:
        if event.actor == "first":
            log.append(sent("second"))

    log.on_event += [more, lambda event: heard.append(("callback", event.actor))]
    log.on("message", lambda event: heard.append(("handler", event.actor)))
    log.append(sent("first"))
    assert heard == [("callback", "first"), ("handler", "first"), ("callback", "second"), ("handler", "second")]


# ---- handlers -----------------------------------------------------------------------------------------------------


def test_a_handler_hears_its_kind_until_it_is_taken_back() -> None:
    log = Log()
    heard: list[str] = []
    off = log.on("window.loaded", lambda event: heard.append(event.kind))
    off_family = log.on(["window.*", "message"], lambda event: heard.append(f"family {event.kind}"))
    log.append(loaded("a"))
    log.append(sent("a"))
    off()
    log.append(loaded("a"))
    off_family()
    log.append(loaded("a"))
    assert heard == ["window.loaded", "family window.loaded", "family message.sent", "family window.loaded"]


def test_one_handler_can_be_there_twice() -> None:
    log = Log()
    heard: list[int] = []

    def note(event: Event) -> None:
        heard.append(event.seq)

    first, _ = log.on("window", note), log.on("window", note)
    log.append(loaded("a"))
    first()
    log.append(loaded("a"))
    assert heard == [0, 0, 1]


def test_a_handler_that_raises_is_reported_once_and_stops_nobody() -> None:
    log = Log()
    heard: list[str] = []

    def broken(event: Event) -> None:
        raise ValueError(event.kind)

    log.on("*", broken)  # at its own `Surprise`, too
    log.on("*", lambda event: heard.append(event.kind))
    log.append(loaded("a"))
    log.append(loaded("b"))
    assert heard == ["window.loaded", "surprise", "window.loaded"]
    (surprise,) = log.of("surprise")
    assert isinstance(surprise, Surprise)
    assert "broken" in surprise.what
    assert "ValueError: window.loaded" in surprise.what
    assert surprise.cause == 0


def test_a_callback_that_raises_is_reported_once() -> None:
    log = Log()

    def broken(event: Event) -> None:
        raise ValueError(event.kind)

    log.on_event.append(broken)
    assert log.append(loaded("a")).seq == 0
    log.append(loaded("b"))
    assert [event.kind for event in log] == ["window.loaded", "surprise", "window.loaded"]


# ---- filters ------------------------------------------------------------------------------------------------------


def told() -> Log:
    log = Log()
    log.append(WindowOpened(target_id=TargetId("t"), name="home"))
    log.append(appeared("c1", "home"))
    log.append(appeared("c2", None))
    log.append(worker("w1"))
    log.append(sent("home"))
    log.append(sent("w1"))
    log.append(sent("c2"))
    return log


@pytest.mark.parametrize("kind", ["client", "client.", "client.*", ClientEvent, ClientAppeared])
def test_a_family_of_kinds(kind: str | type[Event]) -> None:
    log = told()
    assert log.events(kind) == [log[1], log[2]] == log.of(kind) == log.events([kind])


def test_kinds_do_not_run_into_each_other() -> None:
    log = told()
    assert [event.kind for event in log.of("worker", "window")] == ["window.opened", "worker.state"]
    assert log.of("message.sent") == log[4:]
    assert log.of("*") == list(log) == log.events()
    assert log.of(WindowEvent) == [log[0]]
    assert log.of() == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_can_be_asked_for(kind: str) -> None:
    log = told()
    event = log.append(example(KINDS[kind]))
    assert log.of(kind) == [known for known in log if known.kind == kind]
    assert event in log.of(kind)


@pytest.mark.parametrize(
    ("kind", "near"), [("mesage.sent", "message.sent"), ("cleint", "client"), ("", ""), ("x.", "")]
)
def test_an_unknown_kind_is_refused(kind: str, near: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        told().of(kind)
    assert len(str(caught.value).split("\n")) == 2
    assert f"did you mean {near!r}?" in str(caught.value) or not near


def test_events_of_somebody() -> None:
    log = told()
    assert log.events(actor="home") == [log[1], log[4]]
    assert log.events(actor="c1") == [log[1], log[4]]
    assert log.events(actor="c2") == [log[2], log[6]]
    assert log.events(actor="worker") == [log[3], log[5]] == log.events(actor="w1")
    assert log.events("message", actor="worker", since=log.mark()) == []
    assert log.events("message", actor="worker", since=5) == [log[5]]


def test_a_window_s_documents_are_told_apart() -> None:
    log = Log()
    log.append(appeared("c1", "home"))
    first = log.append(sent("home"))
    log.append(ClientChanged(actor="home", client="c1", lifecycle=Lifecycle.CACHED))
    log.append(appeared("c2", "home"))
    gone = log.append(ClientChanged(actor="home", client="c1", visibility_state=VisibilityState.HIDDEN))
    second = log.append(sent("home"))
    log.append(ClientGone(actor="home", client="c2"))
    log.append(ClientChanged(actor="home", client="c1", lifecycle=Lifecycle.LOADED))  # back, from the cache
    third = log.append(sent("home"))
    assert [e for e in log.events(actor="c1") if not isinstance(e, ClientAppeared)] == [
        first,
        log[2],
        gone,
        log[7],
        third,
    ]
    assert log.events("message", actor="c2") == [second]
    assert log.events("message", actor="home") == [first, second, third]


def test_an_unknown_name_is_refused_and_who_only_acted_is_known() -> None:
    log = told()
    with pytest.raises(InvalidArgument) as caught:
        log.events(actor="hoem")
    what, todo = str(caught.value).split("\n")
    assert what == "nobody in the log is called 'hoem'"
    assert todo == "did you mean 'home'? there is: home, worker, c1, c2, w1"
    log.append(sent("stranger"))
    assert log.events(actor="stranger") == [log[-1]]


# ---- as text ------------------------------------------------------------------------------------------------------


def test_a_log_shows_its_last_events() -> None:
    log = Log()
    assert repr(log) == "no events" == repr(log[:])
    for number in range(1_000):
        log.append(loaded(f"window{number}"))
    for shown in (repr(log), repr(log[:]), str(log)):
        lines = shown.split("\n")
        assert lines[0] == "970 events before these"
        assert len(lines) == 33
        assert lines[-1].startswith("999  ")
        assert lines[-1].endswith("window.loaded         target id t, name window999")


def test_hostile_text_is_text() -> None:
    log = Log()
    log.append(Surprise(actor="\x1b[31m", what="first\nsecond\u202e<b>" + "x" * 10_000))
    shown = repr(log)
    assert len(shown.split("\n")) == 3
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "what first·second·<b>" in shown
    assert len(shown) < 400


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_event_can_be_shown(kind: str) -> None:
    event = example(KINDS[kind])
    log = Log()
    log.append(event)
    assert kind in repr(log)


def example(kind: type[Event]) -> Event:
    """Return an event with something in each field."""
    values: dict[str, Any] = {}
    hints = {name: str(hint) for cls in kind.__mro__ for name, hint in getattr(cls, "__annotations__", {}).items()}
    given = kind.__struct_fields__
    for name in given:
        hint = hints[name]
        if name in ("seq", "t_mono_ns", "t_browser_ms", "actor", "cause", "heard"):
            continue
        values[name] = (
            ("a", "b")
            if "tuple" in hint
            else b"[1]"
            if "bytes" in hint
            else 3
            if "int" in hint
            else True
            if "bool" in hint
            else "x"
        )
    return kind(**values)
