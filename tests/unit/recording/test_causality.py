"""The table is whole: each kind of event has its place, and each of its fields is compared or left out on purpose."""

from __future__ import annotations

import pytest

from swnb import events as e
from swnb.events import EVENTS, Event
from swnb.recording.causality import GLOBAL, REALM, RULES, SPLIT, strand_of
from swnb.vocab import ControlReason, Heard

CLOCKS = {"seq", "t_mono_ns", "t_browser_ms"}
"""Never compared."""

STRUCTURE = {"actor", "cause", "heard"}
"""Says where an event stands."""

LEFT_OUT: dict[type[Event], set[str]] = {
    e.ClientAppeared: {"target_id", "frame_id"},
    e.ControllerChange: {"state"},
    e.MessageSent: {"to"},
    e.MessageReceived: {"pairing"},
    e.MessageRefused: {"channel"},
    e.MessageUndelivered: {"channel", "why"},
    e.CallAnswered: {"duration_ms"},
    e.WindowOpened: {"target_id"},
    e.WindowNavigated: {"target_id"},
    e.WindowLoaded: {"target_id"},
    e.WindowCrashed: {"target_id"},
    e.WindowDialog: {"target_id"},
    e.WindowClosed: {"target_id"},
    e.WorkerStateChanged: {"version_id", "scope", "script_url"},
    e.WorkerRunningChanged: {"version_id", "scope", "script_url", "epoch"},
    e.WorkerFailed: {"version_id", "scope", "script_url"},
    e.WorkerVisited: {"version_id"},
    e.RegistrationChanged: {"registration_id"},
    e.UpdateFound: {"registration_id"},
    e.NotificationDisplayed: {"number"},
    e.NotificationInvoked: {"number"},
    e.NotificationRemoved: {"number"},
    e.ClientIdentified: {"client", "id"},
    e.Surprise: {"what"},
}


def test_each_kind_has_a_rule() -> None:
    assert set(RULES) == set(EVENTS)


@pytest.mark.parametrize("kind", dict.fromkeys(EVENTS), ids=lambda kind: str(kind.__struct_config__.tag))
def test_each_field_is_compared_or_left_out(kind: type[Event]) -> None:
    rule = RULES[kind]
    compared = {*rule.fields, *rule.actors, *rule.ids, *([rule.text] if rule.text else [])}
    assert compared <= set(kind.__struct_fields__)
    rest = set(kind.__struct_fields__) - compared - CLOCKS - STRUCTURE
    assert rest == LEFT_OUT.get(kind, set())
    assert (
        rule.why
        or not (rest - {"target_id", "registration_id", "number", "channel"})
        or kind
        in (
            e.WorkerFailed,
            e.WorkerRunningChanged,
        )
    )


@pytest.mark.parametrize("kind", dict.fromkeys(EVENTS), ids=lambda kind: str(kind.__struct_config__.tag))
def test_strands_of_no_actor_have_a_text(kind: type[Event]) -> None:
    rule = RULES[kind]
    assert bool(rule.text) <= (rule.strand in GLOBAL)
    assert rule.text or rule.strand not in GLOBAL - {"permission"}


def test_what_is_split_off_is_a_clients() -> None:
    assert set(SPLIT) <= set(e.ClientChanged.__struct_fields__)


def test_what_was_concluded_is_not_in_its_realm() -> None:
    heard = e.NotificationClicked(actor="w1", title="t")
    concluded = e.NotificationClicked(actor="w1", title="t", heard=Heard.INFERRED)
    assert strand_of(heard, RULES[type(heard)]) == REALM
    assert strand_of(concluded, RULES[type(heard)]) == "concluded"


@pytest.mark.parametrize(
    ("reason", "heard", "strand"),
    [
        (ControlReason.CLAIM, Heard.HEARD, REALM),
        (ControlReason.LOAD, Heard.HEARD, REALM),
        (ControlReason.ACTIVATION, Heard.HEARD, "control"),
        (ControlReason.CLAIM, Heard.INFERRED, "control"),
    ],
)
def test_control_is_in_the_realm_where_the_realm_saw_it(reason: ControlReason, heard: Heard, strand: str) -> None:
    event = e.ClientControlled(actor="home", client="c1", worker="w1", reason=reason, heard=heard)
    assert strand_of(event, RULES[type(event)]) == strand


def test_settlements_stand_where_their_order_is_known() -> None:
    told = e.EventSettled(actor="w1", type="push.received", t_browser_ms=1.0)
    concluded = e.EventSettled(actor="w1", type="push.received")
    assert [strand_of(event, RULES[e.EventSettled]) for event in (told, concluded)] == [REALM, "settled"]
