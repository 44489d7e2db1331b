"""What messages, events and the world look like: text and nothing else, whatever a page says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from swnb import values
from swnb.events import (
    KINDS,
    CallAnswered,
    ClientAppeared,
    ClientControlled,
    ClientIdentified,
    ConsoleWritten,
    Event,
    MessageReceived,
    MessageSent,
    MessageUndelivered,
    RegistrationChanged,
    Surprise,
    WorkerFailed,
    WorkerRunningChanged,
    WorkerStateChanged,
)
from swnb.lab.hearing import LOGS
from swnb.log import Log
from swnb.messages import Message
from swnb.text import STARTED_NS
from swnb.views import formatters, heard, standing
from swnb.views.markup import Pretty
from swnb.views.phrases import PHRASES, phrase
from swnb.vocab import (
    ClientId,
    ClientType,
    FrameType,
    Heard,
    MessageFate,
    MessageVia,
    Pairing,
    RunningStatus,
    ServiceWorkerState,
    TargetId,
    VersionId,
)
from swnb.world import World
from tests.unit.views.test_formatters import HOSTILE, Tags

SCOPE = "http://lab.localhost/"
SECRET = "<script>alert(2)</script>"


class HeardTags(Tags):
    """What these views are made of."""

    ALLOWED = Tags.ALLOWED | {"bdi", "span", "ul", "li", "br"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if tag == "br":
            self.open.pop()


def wire(value: object) -> bytes:
    return json.dumps(values.encode(value)).encode()


class Scene:
    """A log and its world."""

    def __init__(self) -> None:
        self.log = Log()
        self.world = World()
        self.log.on_event.append(self.world.apply)
        LOGS.add(self.log)
        self.at_ms = (1_000_000_000 + STARTED_NS) / 1e6
        self.log.append(RegistrationChanged(registration_id="1", scope=SCOPE, t_mono_ns=1_000_000_000))

    def add(self, event: Event) -> Event:
        return self.log.append(event)

    def client(self, label: str, name: str | None = None, url: str = SCOPE) -> None:
        self.add(
            ClientAppeared(
                actor=name or label, client=label, url=url, type=ClientType.WINDOW, origin="", name=name,
                frame_type=FrameType.TOP_LEVEL if name else FrameType.NESTED, target_id=TargetId(label),
            )
        )  # fmt: skip

    def worker(self, error: str = "") -> None:
        told: dict[str, Any] = {
            "actor": "w1",
            "version_id": VersionId("7"),
            "scope": SCOPE,
            "script_url": f"{SCOPE}sw.js",
        }
        self.add(WorkerStateChanged(state=ServiceWorkerState.ACTIVATED, former=None, **told))
        self.add(WorkerRunningChanged(running=RunningStatus.RUNNING, epoch=2, **told))
        if error:
            self.add(WorkerFailed(message=error, **told))

    def message(
        self, data: object = "hi", *, kept: bool = True, fate: MessageFate | None = None, **arrival: Any
    ) -> Message:
        content = wire(data) if kept else b""
        sent = self.add(
            MessageSent(
                actor="home", to="w1", via=MessageVia.SERVICE_WORKER, channel="home→w1", content=content,
                size=len(content) or 10**8, t_browser_ms=self.at_ms + 1500, heard=arrival.pop("heard", Heard.HEARD),
            )
        )  # fmt: skip
        if fate is not None:
            self.add(MessageUndelivered(channel="home→w1", fate=fate, why="the reason", cause=sent.seq))
        elif arrival.pop("arrives", True):
            told = {"listeners": 1, "t_browser_ms": self.at_ms + 2250, **arrival}
            via = MessageVia.SERVICE_WORKER
            self.add(MessageReceived(actor="w1", sender="home", via=via, channel="home→w1", cause=sent.seq, **told))
        return self.log.messages()[-1]


@pytest.fixture
def scene() -> Scene:
    return Scene()


# ---- hostile input --------------------------------------------------------------------------------------------------


def hostile() -> Scene:
    scene = Scene()
    scene.client("c1", HOSTILE, HOSTILE)
    scene.client("c2", url=HOSTILE)
    scene.worker(HOSTILE)
    scene.message({HOSTILE: HOSTILE})
    scene.message([HOSTILE] * 50)
    scene.add(ConsoleWritten(actor=HOSTILE, level=HOSTILE, text=HOSTILE, url=HOSTILE))
    scene.add(Surprise(actor=HOSTILE, what=HOSTILE))
    scene.add(MessageSent(actor=HOSTILE, to=HOSTILE, via=MessageVia.BROADCAST, channel=HOSTILE, ports=(HOSTILE,)))
    scene.add(
        CallAnswered(actor="w1", function=HOSTILE, error_name=HOSTILE, error_message=HOSTILE, result=wire(HOSTILE))
    )
    return scene


VIEWS: list[tuple[str, Callable[[Scene], str]]] = [
    ("messages", lambda s: heard.messages(s.log.messages())),
    ("message", lambda s: heard.message(s.log.messages()[0])),
    ("log", lambda s: heard.events(s.log)),
    ("console", lambda s: heard.event(s.log.events("console")[0])),
    ("call", lambda s: heard.event(s.log.events("call")[0])),
    ("sent", lambda s: heard.event(s.log.events("message.sent")[-1])),
    ("world", lambda s: standing.world(s.world)),
    ("client", lambda s: standing.client(s.world.clients["c1"])),
    ("worker", lambda s: standing.worker(s.world.workers["w1"])),
    ("channel", lambda s: standing.channel(s.world.channels[HOSTILE])),
]


@pytest.mark.parametrize("view", [view for _, view in VIEWS], ids=[name for name, _ in VIEWS])
def test_what_comes_from_a_page_is_only_ever_text(view: Callable[[Scene], str]) -> None:
    html = view(hostile())
    tags = HeardTags(html)
    assert SECRET in tags.text
    assert not tags.open
    assert "\u202e" not in html and "\x1b" not in html


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_event_has_a_view(kind: str) -> None:
    """Made of the least that it needs: what is missing, or damaged, breaks nothing."""
    scene = Scene()
    event = scene.add(least(KINDS[kind]))
    for html in (heard.event(event), heard.events(scene.log)):
        assert not HeardTags(html).open
        assert kind in HeardTags(html).text
    assert phrase(event) is not None
    assert kind in PHRASES


def least(kind: type[Event]) -> Event:
    """Return an event of a kind with a value in each field that it must have."""
    made: dict[str, Any] = {}
    words: dict[str, Any] = {
        "state": ServiceWorkerState.ACTIVATED, "running": RunningStatus.RUNNING, "type": "alert", "via": MessageVia.PORT,
        "frame_type": FrameType.NONE, "fate": MessageFate.LOST, "clients": (), "deleted": False, "former": None,
        "script_url": None, "text": None,
    }  # fmt: skip
    for field in msgspec.structs.fields(kind):
        if field.required:
            made[field.name] = words.get(field.name, "x")
    return kind(**made)


def test_damaged_and_cyclic_payloads_are_told_as_such(scene: Scene) -> None:
    cyclic: list[object] = []
    cyclic.append(cyclic)
    deep: list[object] = []
    for _ in range(400):
        deep = [deep]
    for payload in (cyclic, deep, list(range(100_000)), {str(i): i for i in range(5_000)}, "x" * 50_000):
        html = heard.payload(scene.message(payload))
        assert len(html) < 12_000
        assert "…" in html
    damaged = scene.add(
        MessageSent(actor="home", to="w1", via=MessageVia.PORT, channel="p", content=b'{"no": "wire"}', size=14)
    )
    assert damaged
    assert "14 bytes: MalformedValue" in heard.messages(scene.log.messages()[-1:])
    assert "14 bytes: MalformedValue" in heard.message(scene.log.messages()[-1])


# ---- what is said ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrival", "words"),
    [
        ({}, ["✓ 2.250"]),
        ({"listeners": 0}, ["✓", "nobody listened"]),
        ({"failed": True}, ["⚠", "messageerror"]),
        ({"pairing": Pairing.AMBIGUOUS}, ["✓", "ambiguous", "pair"]),
        ({"heard": Heard.INFERRED}, ["✓", "inferred"]),
        ({"arrives": False}, ["→ ", "on its way"]),
        ({"fate": MessageFate.LOST}, ["✗", "lost", "the reason"]),
        ({"fate": MessageFate.GONE}, ["✗", "gone", "the reason"]),
        ({"fate": MessageFate.WAITING}, ["…", "waiting", "the reason"]),
    ],
)
def test_what_became_of_a_message_is_told_by_sign_and_word(
    scene: Scene, arrival: dict[str, Any], words: list[str]
) -> None:
    message = scene.message(**arrival)
    for html in (heard.messages(scene.log.messages()), heard.message(message)):
        said = HeardTags(html).text
        for word in words:
            assert word in said


def test_times_are_those_of_the_log(scene: Scene) -> None:
    message = scene.message()
    html = heard.messages(scene.log.messages())
    assert "seconds</th>" in html and ">1.500</td>" in html
    assert re.search(r"1\.500 \(\d\d:\d\d:\d\d\.\d{3}\)", heard.message(message))
    stray = Log().append(Surprise(what="in no lab"))
    assert re.search(r"<td[^>]*>\d\d:\d\d:\d\d\.\d{3}</td>", heard.events([stray]))


def test_short_payloads_stand_as_they_are_and_long_ones_are_folded(scene: Scene) -> None:
    assert heard.payload(scene.message({"b": 1, "a": [2]})) == (
        '<code style="white-space:pre-wrap">{&#x27;b&#x27;: 1, &#x27;a&#x27;: [2]}</code>'
    )
    html = heard.payload(scene.message({"text": "x" * 100}))
    assert html.startswith("<details><summary")
    assert html.count("x" * 100) == 1
    assert "bytes, not kept" in heard.payload(scene.message(kept=False))


def test_a_long_log_shows_its_end_and_counts_the_rest(scene: Scene) -> None:
    for number in range(250):
        scene.message(number)
    html = heard.messages(scene.log.messages())
    assert "250 messages, of which these are the last 100" in html
    assert html.count("<tr>") == 101
    assert ">249</code>" in html and ">149</code>" not in html
    assert heard.events(scene.log).count("<tr>") == 101


def test_the_caption_counts_what_was_lost(scene: Scene) -> None:
    scene.message()
    scene.message(fate=MessageFate.LOST)
    assert "2 messages, 1 lost" in heard.messages(scene.log.messages())
    assert heard.messages([]) == "<p><em>no messages</em></p>"
    assert heard.events([]) == "<p><em>no events</em></p>"


def test_controlled_and_not_differ_by_sign_and_word(scene: Scene) -> None:
    scene.client("c1", "home")
    scene.client("c2")
    scene.worker()
    scene.add(ClientControlled(actor="home", client="c1", worker="w1"))
    scene.add(ClientIdentified(actor="home", client="c1", id=ClientId("0123"), heard=Heard.INFERRED))
    html = standing.world(scene.world)
    assert "● <bdi><strong>w1</strong></bdi>" in html and "○ none" in html
    assert "2 clients, 1 controlled" in html and "1 service worker" in html and "1 registration" in html
    assert "● running (start 2)" in html
    assert "0123</code> <em>inferred</em>" in html
    assert "queue shut" in html


def test_an_empty_world_says_so() -> None:
    text = HeardTags(standing.world(World())).text
    for nothing in ("no clients", "no service workers", "no registrations", "no channels"):
        assert nothing in text


def test_colours_only_repeat_what_a_sign_says() -> None:
    """A colour is a theme's, with none in its place; what has one begins with a sign."""
    scene = hostile()
    scene.message(fate=MessageFate.LOST)
    for _, view in VIEWS:
        html = view(scene)
        for colour in re.findall(r"color:([^;\"]+)", html):
            assert re.fullmatch(r"var\(--jp-(error-color1|warn-color0),inherit\)", colour)
        for coloured in re.findall(r'<span style="color[^>]*>(.)', html):
            assert coloured in "✗⚠…✓"


# ---- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None"),
        ("a\nb", "'a\\nb'"),
        ({}, "{}"),
        ([], "[]"),
        ({"b": 1, "a": {2}}, "{'b': 1, 'a': {2}}"),
        ((1, 2), "[1, 2]"),
        (values.JSObject({"x": 1}, class_name="Point"), "Point {'x': 1}"),
        (values.JSMap([(1, 2)]), "JSMap {1: 2}"),
        (values.undefined, "undefined"),
    ],
)
def test_values_in_one_line(value: object, shown: str) -> None:
    assert Pretty()(value) == shown


def test_values_over_several_lines() -> None:
    value = {"first": "x" * 60, "second": ["y" * 60, {"z": 1}]}
    assert Pretty()(value).split("\n") == [
        "{",
        f"  'first': '{'x' * 60}',",
        f"  'second': ['{'y' * 60}', {{'z': 1}}]",
        "}",
    ]
    assert "\n" not in Pretty(width=None)(value)


def test_what_cannot_show_itself_says_its_type() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise ValueError

    assert Pretty()([Broken()]) == "[<Broken>]"


# ---- in IPython -----------------------------------------------------------------------------------------------------


def test_they_are_told_to_ipython() -> None:
    from IPython.core.interactiveshell import InteractiveShell

    shell: Any = InteractiveShell()  # type: ignore[no-untyped-call]  # IPython leaves it untyped
    formatters.register(shell)
    scene = hostile()
    shown = [
        scene.log, scene.log.events(), scene.log[0], scene.log[-1], scene.log.messages(), scene.log.messages()[0], scene.world,
        scene.world.clients, scene.world.clients["c1"], scene.world.workers, scene.world.workers["w1"], scene.world.channels,
        scene.world.registrations, scene.world.registrations[SCOPE],
    ]  # fmt: skip
    for thing in shown:
        data, _ = shell.display_formatter.format(thing)
        assert "<table>" in data["text/html"], type(thing)
        assert data["text/plain"] and "\x1b" not in data["text/plain"] and "\u202e" not in data["text/plain"], type(
            thing
        )
