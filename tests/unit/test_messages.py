from __future__ import annotations

import json
import sys
import types
from datetime import UTC, datetime
from typing import Any

import pytest

from swnb import values
from swnb.errors import InvalidArgument, SwnbError
from swnb.events import (
    ClientAppeared,
    MessageReceived,
    MessageSent,
    MessageUndelivered,
    WindowOpened,
    WorkerStateChanged,
)
from swnb.log import Log
from swnb.messages import Message, Messages
from swnb.vocab import (
    ClientType,
    FrameType,
    Heard,
    MessageFate,
    MessageVia,
    Pairing,
    ServiceWorkerState,
    TargetId,
    VersionId,
)

SITE = "http://lab.localhost/"
NOON_MS = datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp() * 1000


def wire(data: object) -> bytes:
    return json.dumps(values.encode(data)).encode()


class Talk:
    """A lab's log, written as a transcript."""

    def __init__(self) -> None:
        self.log = Log()
        self.log.append(WindowOpened(target_id=TargetId("t"), name="home"))
        self.appeared("c1", "home")
        self.appeared("c2")
        self.worker("w1")

    def appeared(self, client: str, name: str | None = None) -> None:
        self.log.append(
            ClientAppeared(
                actor=name or client,
                client=client,
                url=SITE,
                type=ClientType.WINDOW,
                frame_type=FrameType.TOP_LEVEL if name else FrameType.NESTED,
                origin=SITE,
                target_id=TargetId("t"),
                name=name,
            )
        )

    def worker(self, label: str, scope: str = SITE) -> None:
        self.log.append(
            WorkerStateChanged(
                actor=label,
                version_id=VersionId(label[1:]),
                scope=scope,
                script_url=f"{SITE}sw.js",
                state=ServiceWorkerState.ACTIVATED,
                former=None,
            )
        )

    def sent(self, actor: str, to: str = "", data: object = None, **more: Any) -> MessageSent:
        given: dict[str, Any] = {
            "channel": f"{actor}→{to}",
            "content": wire(data),
            "size": 8,
            "t_browser_ms": NOON_MS,
            **more,
        }
        event = self.log.append(MessageSent(actor=actor, to=to, via=MessageVia.SERVICE_WORKER, **given))
        assert isinstance(event, MessageSent)
        return event

    def received(self, actor: str, sent: MessageSent | None = None, **more: Any) -> MessageReceived:
        given: dict[str, Any] = {
            "channel": sent.channel if sent else "?",
            "sender": sent.actor if sent else "",
            "cause": sent.seq if sent else None,
            "t_browser_ms": NOON_MS + 250,
            **more,
        }
        event = self.log.append(MessageReceived(actor=actor, via=MessageVia.SERVICE_WORKER, **given))
        assert isinstance(event, MessageReceived)
        return event

    def undelivered(self, sent: MessageSent, fate: MessageFate, why: str = "") -> None:
        self.log.append(MessageUndelivered(cause=sent.seq, channel=sent.channel, fate=fate, why=why))


def test_a_message_is_its_two_ends() -> None:
    talk = Talk()
    sent = talk.sent("home", "w1", {"a": [1, 2]}, ports=("port 3",), digest="d")
    received = talk.received("w1", sent, listeners=2)
    (message,) = talk.log.messages()
    assert (message.sender, message.receiver, message.channel) == ("home", "worker", "home→w1")
    assert message.data == {"a": [1, 2]}
    assert message.sent_at == datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert message.received_at == datetime(2026, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC)
    assert (message.heard, message.pairing, message.listeners) == (Heard.HEARD, Pairing.EXACT, 2)
    assert (message.fate, message.why, message.failed) == (None, "", False)
    assert (message.via, message.size, message.digest) == (MessageVia.SERVICE_WORKER, 8, "d")
    assert message.ports == ("port 3",)
    assert (message.sent, message.received, message.seq) == (sent, received, sent.seq)
    assert (message.from_actor, message.to_actor) == ("home", "w1")


def test_what_never_arrived_says_why() -> None:
    talk = Talk()
    on_its_way = talk.sent("home", "w1")
    lost = talk.sent("home", "w1")
    talk.undelivered(lost, MessageFate.WAITING, "startMessages() was never called")
    talk.undelivered(lost, MessageFate.LOST, "the worker was stopped")
    late = talk.sent("home", "w1")
    talk.undelivered(late, MessageFate.WAITING)
    talk.received("w1", late)
    messages = talk.log.messages(sender="home")
    assert [m.sent for m in messages] == [on_its_way, lost, late]
    assert [m.receiver for m in messages] == ["worker"] * 3
    assert [m.received_at is None for m in messages] == [True, True, False]
    assert [m.fate for m in messages] == [None, MessageFate.LOST, None]
    assert [m.why for m in messages] == ["", "the worker was stopped", ""]
    assert [m.pairing for m in messages] == [None, None, Pairing.EXACT]
    assert [m.outcome for m in messages[:2]] == ["on its way", "lost: the worker was stopped"]


def test_what_only_arrived() -> None:
    talk = Talk()
    received = talk.received("home", content=wire("x"), sender="c2", pairing=Pairing.UNPAIRED, size=2)
    nameless = talk.received("home", content=wire("y"), t_browser_ms=None, heard=Heard.INFERRED)
    first, second = talk.log.messages()
    assert (first.sent, first.received, first.sent_at) == (None, received, None)
    assert (first.sender, first.receiver, first.data, first.size) == ("c2", "home", "x", 2)
    assert (first.seq, first.heard) == (received.seq, Heard.HEARD)
    assert (second.sender, second.received, second.heard) == ("", nameless, Heard.INFERRED)
    assert second.received_at is not None, "it did arrive"


def test_a_cause_that_is_no_sending_pairs_nothing() -> None:
    talk = Talk()
    alone = talk.received("home", content=wire(1))
    for cause in (0, alone.seq, 10**9, -1, len(talk.log)):
        talk.received("home", content=wire(2), cause=cause)
    messages = talk.log.messages()
    assert [m.sent for m in messages] == [None] * 6
    assert [m.seq for m in messages] == sorted(m.seq for m in messages)


def test_an_end_that_was_concluded_makes_it_inferred() -> None:
    talk = Talk()
    sent = talk.sent("c2", "home", heard=Heard.INFERRED, t_browser_ms=None)
    talk.received("home", sent)
    (message,) = talk.log.messages()
    assert (message.heard, message.sent_at) == (Heard.INFERRED, None)


def test_a_broadcast_is_one_message_for_each_receiver() -> None:
    talk = Talk()
    sent = talk.sent("w1", channel="BroadcastChannel 'news'")
    nobody = talk.sent("w1", channel="BroadcastChannel 'void'")
    talk.received("home", sent)
    talk.received("c2", sent)
    messages = talk.log.messages()
    assert [(m.sender, m.receiver) for m in messages] == [("worker", "home"), ("worker", "c2"), ("worker", "")]
    assert [m.sent for m in messages] == [sent, sent, nobody]
    assert len(set(messages)) == 3
    assert messages == talk.log.messages()
    assert talk.log.messages(channel="BroadcastChannel 'void'") == messages[2:]
    assert talk.log.messages(channel="nothing") == []


def test_the_view_goes_on_where_the_log_does() -> None:
    talk = Talk()
    sent = talk.sent("home", "w1")
    before = talk.log.messages()
    talk.received("w1", sent)
    other = talk.sent("w1", "home")
    after = talk.log.messages()
    assert [m.received_at is None for m in before] == [True], "a list stays as it was"
    assert [m.received_at is None for m in after] == [False, True]
    assert talk.log.messages(since=other.seq) == after[1:]


# ---- names --------------------------------------------------------------------------------------------------------


def pairs(messages: Messages) -> list[tuple[str, str]]:
    return [(message.sender, message.receiver) for message in messages]


def conversation() -> Talk:
    talk = Talk()
    for one, other in (("home", "w1"), ("w1", "home"), ("c2", "w1"), ("home", "c2")):
        talk.received(other, talk.sent(one, other))
    talk.sent("w1", "c2")
    return talk


def test_between_takes_either_direction_and_either_name() -> None:
    log = conversation().log
    expected = [("home", "worker"), ("worker", "home")]
    assert pairs(log.messages(between=("home", "worker"))) == expected
    assert pairs(log.messages(between=("worker", "home"))) == expected
    assert pairs(log.messages(between=("w1", "home"))) == expected
    assert pairs(log.messages(between=("c1", "w1"))) == expected
    assert pairs(log.messages(between=("c2", "worker"))) == [("c2", "worker"), ("worker", "c2")]


def test_one_direction() -> None:
    log = conversation().log
    assert pairs(log.messages(sender="worker")) == [("worker", "home"), ("worker", "c2")]
    assert pairs(log.messages(receiver="c2")) == [("home", "c2"), ("worker", "c2")]
    assert pairs(log.messages(sender="home", receiver="w1")) == [("home", "worker")]
    assert pairs(log.messages(sender="home", since=log.mark())) == []


def test_with_a_second_scope_workers_go_by_their_labels() -> None:
    talk = conversation()
    talk.worker("w2", f"{SITE}other/")
    log = talk.log
    assert pairs(log.messages(between=("home", "w1"))) == [("home", "w1"), ("w1", "home")]
    with pytest.raises(InvalidArgument) as caught:
        log.messages(between=("home", "worker"))
    assert str(caught.value).split("\n") == [
        "'worker' could be a worker of any of 2 scopes",
        f"say which: w1 ({SITE}), w2 ({SITE}other/)",
    ]


def test_a_second_version_is_the_worker_too() -> None:
    talk = conversation()
    talk.worker("w2")
    talk.sent("w2", "home")
    assert pairs(talk.log.messages(sender="worker")) == [("worker", "home"), ("worker", "c2"), ("worker", "home")]
    assert pairs(talk.log.messages(sender="w2")) == [("worker", "home")]


def test_a_thread_may_speak_before_the_bookkeeping_tells_of_it() -> None:
    log = Log()
    assert log.messages(between=("worker", "worker")) == []
    log.append(MessageSent(actor="w1", to="c1", via=MessageVia.CLIENT, channel="c"))
    (message,) = log.messages(sender="worker")
    assert message.sender == "worker"
    assert log.messages(sender="w1") == [message]


def test_a_window_named_like_a_label() -> None:
    log = Log()
    log.append(WindowOpened(target_id=TargetId("t"), name="w7"))
    log.append(MessageSent(actor="w7", to="worker", via=MessageVia.WINDOW, channel="c"))
    (message,) = log.messages(sender="w7")
    assert message.sender == "w7"


def test_a_document_of_a_window_that_had_several() -> None:
    talk = Talk()
    first = talk.sent("home", "w1")
    talk.appeared("c3", "home")
    second = talk.sent("home", "w1")
    answered = talk.sent("w1", "home")
    talk.received("home", answered)
    assert [m.sent for m in talk.log.messages(between=("c1", "w1"))] == [first]
    assert [m.sent for m in talk.log.messages(between=("c3", "w1"))] == [second, answered]
    assert len(talk.log.messages(between=("home", "w1"))) == 3


@pytest.mark.parametrize("wrong", [{"between": ("home", "wroker")}, {"sender": "wroker"}, {"receiver": "wroker"}])
def test_an_unknown_name_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SwnbError) as caught:
        conversation().log.messages(**wrong)
    assert str(caught.value).split("\n") == [
        "nobody in the log is called 'wroker'",
        "did you mean 'worker'? there is: home, worker, c1, c2, w1",
    ]
    assert isinstance(caught.value, LookupError)


@pytest.mark.parametrize("wrong", ["ab", ("home",), ("home", None), None.__class__, 3])
def test_between_is_two_names(wrong: Any) -> None:
    with pytest.raises(InvalidArgument, match="are not two names"):
        conversation().log.messages(between=wrong)


# ---- payloads -----------------------------------------------------------------------------------------------------


def test_the_receiver_s_payload_counts_where_it_was_kept() -> None:
    talk = Talk()
    sent = talk.sent("home", "w1", "as it was sent")
    talk.received("w1", sent, content=wire("as it came"))
    (message,) = talk.log.messages()
    assert message.data == "as it came" == message.data_or_none


def test_a_payload_that_was_not_kept() -> None:
    talk = Talk()
    sent = talk.sent("home", "w1", content=b"", size=10**8, digest="abc")
    talk.received("w1", sent)
    (message,) = talk.log.messages()
    assert (message.size, message.digest, message.data_or_none) == (10**8, "abc", None)
    with pytest.raises(LookupError, match="was not kept"):
        _ = message.data
    assert "(100,000,000 bytes, not kept)" in repr(message)


def deep(levels: int) -> object:
    value: list[object] = []
    for _ in range(levels):
        value = [value]
    return value


def cyclic() -> object:
    value: list[object] = []
    value.append(value)
    return value


class Wide(dict[str, int]):
    pass


@pytest.mark.parametrize(
    "data",
    [
        deep(5_000),
        cyclic(),
        {str(i): i for i in range(50_000)},
        "<script>\x1b[31m\u202e" * 500,
        ["\n" * 90] * 9,
        b"\0" * 10**6,
        values.JSMap([(1, cyclic())]),
        values.JSError("E\x1b", "first\nsecond", "at \x07"),
        values.undefined,
        float("nan"),
    ],
    ids=["deep", "cyclic", "wide", "markup", "lines", "bytes", "map", "error", "undefined", "nan"],
)
def test_hostile_payloads_are_one_short_cell(data: object) -> None:
    talk = Talk()
    talk.sent("home", "w1", data)
    shown = repr(talk.log.messages())
    assert len(shown.split("\n")) == 3
    assert all(c.isprintable() or c == "\n" for c in shown)
    assert len(shown) < 800


@pytest.mark.parametrize("content", [b"{", b"[]", b"nonsense", b'[["?", 9]]', b"\xff\xfe"])
def test_damaged_content_shows_as_such(content: bytes) -> None:
    talk = Talk()
    talk.sent("home", "w1", content=content)
    assert "(8 bytes: " in repr(talk.log.messages())


# ---- as a whole ---------------------------------------------------------------------------------------------------


def test_a_list_of_messages_is_a_list_and_a_table() -> None:
    talk = Talk()
    assert repr(talk.log.messages()) == "no messages"
    for number in range(100):
        talk.received("w1", talk.sent("home", "w1", number), listeners=number % 2)
    messages = talk.log.messages()
    assert isinstance(messages, list)
    assert [m.data for m in messages] == list(range(100))
    assert isinstance(messages[-3:], Messages)
    assert isinstance(messages[-1], Message)
    lines = str(messages).split("\n")
    assert lines[0] == "70 messages before these"
    assert lines[1].split() == ["seq", "sent", "from", "to", "channel", "data", "received"]
    assert len(lines) == 33
    assert lines[-1].split()[2:6] == ["home", "worker", "home→w1", "99"]
    assert lines[-2].endswith(", nobody listened")
    assert len(messages.rows) == 100
    assert len(messages[0].cells) == len(messages.headings)


def test_what_went_wrong_at_its_arrival_shows() -> None:
    talk = Talk()
    talk.received("w1", talk.sent("home", "w1"), failed=True, pairing=Pairing.AMBIGUOUS, listeners=1)
    (message,) = talk.log.messages()
    assert message.failed
    assert message.outcome.endswith(", messageerror, ambiguous")


def test_to_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    fake: Any = types.ModuleType("pandas")
    fake.DataFrame = dict
    monkeypatch.setitem(sys.modules, "pandas", fake)
    talk = Talk()
    talk.received("w1", talk.sent("home", "w1", [1]))
    talk.undelivered(talk.sent("home", "w1", content=b""), MessageFate.LOST, "stopped")
    frame = talk.log.messages().to_pandas()
    assert frame["sender"] == ["home", "home"]
    assert frame["data"] == [[1], None]
    assert frame["fate"] == [None, "lost"]
    assert type(frame["fate"][1]) is str
    assert frame["received_at"] == [datetime(2026, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC), None]
    whole = talk.log.to_pandas()
    assert whole["kind"][-3:] == ["message.received", "message.sent", "message.undelivered"]
    assert whole["fate"] == [None] * 7 + ["lost"]
    assert whole["name"][:2] == ["home", "home"]
    assert {len(column) for column in whole.values()} == {len(talk.log)}
    assert talk.log.of("message.undelivered").to_pandas()["why"] == ["stopped"]


def test_without_pandas_two_lines_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    for view in (Log(), Log().messages(), Log().events()):
        with pytest.raises(SwnbError) as caught:
            view.to_pandas()
        assert len(str(caught.value).split("\n")) == 2
        assert "%pip install pandas" in caught.value.todo
