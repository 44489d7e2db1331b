"""Secrets: taken out of whatever is written, and counted."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from typing import Any

import pytest
from traitlets.config import Application, Config

from swnb import values
from swnb.errors import InvalidArgument
from swnb.events import CallMade, ConsoleWritten, MessageSent, PushReceived
from swnb.lab.config import LabConfig
from swnb.lab.settings import Settings
from swnb.recording import REDACTED, Before, Command, Failure, Header, Line, Redactor, SiteFile
from swnb.recording.lines import line_of
from swnb.values import JSMap
from swnb.vocab import MessageVia

from .samples import one_of_each


def sent(value: object) -> MessageSent:
    content = json.dumps(values.encode(value)).encode()
    return MessageSent(via=MessageVia.CLIENT, channel="c", content=content)


def test_each_text_of_each_kind_of_event() -> None:
    """Whatever field a later kind of event has: nothing that was told to be taken out is written."""
    redactor = Redactor(["s[3]cret", "some", "a (?=[a-z])"])
    for event in one_of_each():
        line = line_of(redactor.event(event))
        assert not re.search(rb"s3cret|\bsome\b|\"a ", line), line
        if hasattr(event, "content"):
            assert "s3cret" not in str(redactor.event(event).content)
    assert redactor.count > 100


def test_an_event_without_secrets_is_the_very_same() -> None:
    event = ConsoleWritten(level="log", text="nothing here")
    redactor = Redactor(["s3cret", "$.token"])
    assert redactor.event(event) is event and redactor.count == 0
    assert not Redactor(()) and redactor


def test_it_leaves_the_logs_own_event_alone() -> None:
    event = ConsoleWritten(level="log", text="s3cret")
    assert Redactor(["s3cret"]).event(event).text == REDACTED and event.text == "s3cret"


@pytest.mark.parametrize(
    ("value", "redacted"),
    [
        ("the s3cret", f"the {REDACTED}"),
        ({"a": ["s3cret", 1]}, {"a": [REDACTED, 1]}),
        ({"s3cret": 1}, {REDACTED: 1}),
        ({"quoted": 'a "s3cret"\n'}, {"quoted": f'a "{REDACTED}"\n'}),
        (b"xx s3cret xx", b"xx ****** xx"),
        (b"\xff s3cret \x00", b"\xff ****** \x00"),
        (JSMap([("k", "s3cret")]), JSMap([("k", REDACTED)])),
    ],
)
def test_expressions_find_texts_however_deep(value: Any, redacted: Any) -> None:
    redactor = Redactor([re.compile("S3CRET", re.IGNORECASE)])
    found = redactor.event(sent(value)).data
    if isinstance(value, bytes):
        found = bytes(found)
    assert found == redacted and redactor.count == 1


@pytest.mark.parametrize(
    ("path", "redacted", "count"),
    [
        ("$.token", {"token": REDACTED, "users": [{"name": "a", "token": 1}, {"name": "b"}], "x y": 0}, 1),
        ("$..token", {"token": REDACTED, "users": [{"name": "a", "token": REDACTED}, {"name": "b"}], "x y": 0}, 2),
        ("$.users[*].name", {"token": {"t": 1}, "users": [{"name": REDACTED, "token": 1}, {"name": REDACTED}], "x y": 0}, 2),
        ("$.users[1]", {"token": {"t": 1}, "users": [{"name": "a", "token": 1}, REDACTED], "x y": 0}, 1),
        ("$['x y']", {"token": {"t": 1}, "users": [{"name": "a", "token": 1}, {"name": "b"}], "x y": REDACTED}, 1),
        ("$.*", {"token": REDACTED, "users": REDACTED, "x y": REDACTED}, 3),
        ("$", REDACTED, 1),
        ("$.nobody", None, 0),
    ],
)  # fmt: skip
def test_paths_lead_into_payloads(path: str, redacted: Any, count: int) -> None:
    value = {"token": {"t": 1}, "users": [{"name": "a", "token": 1}, {"name": "b"}], "x y": 0}
    redactor = Redactor([path])
    assert redactor.event(sent(value)).data == (value if redacted is None else redacted)
    assert redactor.count == count


def test_what_stood_at_a_path_is_nowhere_else_in_the_line() -> None:
    """A payload is a table, in which objects have rows of their own."""
    event = Redactor(["$.token"]).event(sent({"token": {"deep": ["s3cret"]}, "n": 1}))
    assert b"s3cret" not in event.content and event.data == {"token": REDACTED, "n": 1}


def test_paths_in_circles_end() -> None:
    circle: dict[str, Any] = {"token": "s3cret"}
    circle["self"] = circle
    event = Redactor(["$..token"]).event(sent(circle))
    assert event.data["self"]["self"]["token"] == REDACTED


def test_a_payload_that_is_json_as_a_text() -> None:
    redactor = Redactor(["$..token"])
    assert redactor.event(sent('{"a": {"token": "s3cret"}}')).data == '{"a":{"token":"[redacted]"}}'
    assert redactor.event(PushReceived(text='{"token":1,"b":2}')).text == '{"token":"[redacted]","b":2}'
    assert redactor.event(PushReceived(text="{no json")).text == "{no json"
    assert redactor.count == 2


def test_calls_of_a_workers_code() -> None:
    event = CallMade(function="clients.openWindow", arguments=json.dumps(values.encode(["/?key=s3cret"])).encode())
    assert b"s3cret" not in Redactor(["key=\\w+"]).event(event).arguments


@pytest.mark.parametrize("content", [b"not json s3cret", b'{"s3cret":1}', b'[[1],"s3cret"]', b"\xffs3cret", b"[]"])
def test_payloads_that_are_damaged_are_searched_as_they_are(content: bytes) -> None:
    event = MessageSent(via=MessageVia.CLIENT, channel="c", content=content)
    assert b"s3cret" not in Redactor(["s3cret", "$..a"]).event(event).content


def test_commands() -> None:
    command = Command(
        name="worker.post_message",
        receiver={"window": "s3cret window"},
        given={"message": values.encode({"token": "t0ken", "a": "s3cret"}), "source": ["fetch('?s3cret')"]},
        answer=values.encode({"token": 1}),
        failure=Failure(type="Error", what="s3cret failed", message="s3cret"),
        begin_seq=3,
    )
    redactor = Redactor(["s3cret", "$.token"])
    line = redactor.line(Line(command=command))
    found = line.command
    assert isinstance(found, Command) and redactor.count == 7
    assert found.arguments == {
        "of": "[redacted] window",
        "message": {"token": REDACTED, "a": REDACTED},
        "source": "fetch('?[redacted]')",
    }
    assert isinstance(found.failure, Failure) and found.failure.what == "[redacted] failed"
    assert found.name == "worker.post_message" and found.begin_seq == 3
    assert b"s3cret" not in line_of(line) and b"t0ken" not in line_of(line)


def test_headers_and_sites() -> None:
    redactor = Redactor(["s3cret"])
    header = Header(
        format=1,
        configuration={"arguments": ["--s3cret"], "n": 3},
        probe="s3cret",
        before=Before(windows={"a": "/s3cret"}),
    )
    site = SiteFile(origin="lab", path="/s3cret.js", sha256="s3cret", size=1, headers=(("X-Key", "s3cret"),))
    told, served = redactor.line(Line(header=header)).header, redactor.line(Line(site=site)).site
    assert isinstance(told, Header) and told.configuration == {"arguments": ["--[redacted]"], "n": 3}
    assert told.probe == "s3cret" and told.before == Before(windows={"a": "/[redacted]"})  # a digest is nobody's text
    assert isinstance(served, SiteFile) and served.path == "/[redacted].js" and served.headers == (("X-Key", REDACTED),)
    assert redactor.count == 4


def test_buffers_keep_what_is_no_secret() -> None:
    plain = bytes(range(256))
    event = sent({"b": plain})
    assert Redactor(["s3cret"]).event(event) is event
    assert b64encode(plain) in event.content


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("(", "is no regular expression"),
        ("x*", "is found in an empty text"),
        ("$.", "is no path"),
        ("$.a[", "is no path"),
        ("$token", "is no path"),
        (3, "cannot be redacted"),
        (re.compile(b"x"), "cannot be redacted"),
    ],
)
def test_what_cannot_be_read(what: Any, says: str) -> None:
    with pytest.raises(InvalidArgument, match=says) as caught:
        Redactor([what])
    assert caught.value.todo


def test_one_alone() -> None:
    assert Redactor("secret").text("a secret") == "a [redacted]"


def test_one_alone_in_a_configuration() -> None:
    """As ``c.Lab.redact = "secret"``, ``--Lab.redact=secret`` and ``Lab(redact="secret")`` have it."""
    labs = LabConfig(config=Config({"Lab": {"redact": "secret"}}))
    assert labs.redact == ["secret"]
    labs.set_trait("redact", "other")
    assert labs.redact == ["other"]
    application = Application()
    application.classes = [LabConfig]
    application.parse_command_line(["--Lab.redact=secret"])
    assert LabConfig(parent=application).settings()["redact"] == ["secret"]
    redactor = Redactor(Settings(redact="secret").redact)
    assert redactor.text("a secret") == "a [redacted]" and redactor.count == 1


def test_digests_stay() -> None:
    """Without them the body of a file would count as missing, and one large payload as any other."""
    redactor = Redactor(["[0-9a-f]{6,}", "$..sha256", "$..size"])
    digest = "0123456789abcdef" * 4
    kept: list[Any] = [[1], ["O", "sha256", digest, "size", 12]]
    written = Command(name="site.write", given={"path": ["/abcdef0.js"], "body": kept})
    found = redactor.line(Line(command=written)).command
    assert isinstance(found, Command) and found.given == {"path": ["/[redacted].js"], "body": kept}
    kept[1] += ["bytes", True]
    found = redactor.line(Line(command=written)).command
    assert isinstance(found, Command) and found.given["body"] == kept
    site = SiteFile(origin="lab", path="/abcdef0.js", sha256=digest, size=1)
    served = redactor.line(Line(site=site)).site
    assert isinstance(served, SiteFile) and (served.sha256, served.path) == (digest, "/[redacted].js")
    large = MessageSent(via=MessageVia.CLIENT, channel="abcdef0", size=99_999, digest="fedcba987654321")
    assert redactor.event(large).digest == "fedcba987654321" and redactor.event(large).channel == REDACTED


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("site.write", [[1], ["O", "sha256", "abcdef0", "size", 12]]),
        ("site.write", [[1], ["O", "sha256", "0123456789abcdef" * 4, "secret", "abcdef0"]]),
        ("site.write", [[1], ["O", "sha256", "0123456789abcdef" * 4, "size", 1, "secret", "abcdef0"]]),
        ("window.evaluate", [[1], ["O", "sha256", "0123456789abcdef" * 4, "size", 12]]),
    ],
)
def test_what_only_looks_like_the_digest_of_a_file_does_not_stay(name: str, body: list[Any]) -> None:
    found = Redactor(["[0-9a-f]{6,}"]).line(Line(command=Command(name=name, given={"body": body}))).command
    assert isinstance(found, Command) and REDACTED in str(found.given) and "abcdef0" not in str(found.given)
