"""Tab completion of ``%sw``: from the registry of verbs, and from what the lab knows without asking the browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from swnb.errors import SwnbError
from swnb.magics.arguments import Argument, Completes
from swnb.magics.verbs import COMMON, Form, Verb, verbs

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from swnb.lab.lab import Lab
    from swnb.magics.labs import Labs

MAGIC = re.compile(r"^(?:\s*|.*=\s*)(?P<form>%{1,2})sw\s+(?P<line>.*)$")


class Completion:
    """Completes the lines of one shell. It never waits: what it offers is in memory already."""

    def __init__(self, shell: InteractiveShell, labs: Labs) -> None:
        self._shell = shell
        self._labs = labs

        @context_matcher(identifier="swnb.sw")  # type: ignore[untyped-decorator]  # IPython leaves it untyped
        def matcher(context: CompletionContext) -> SimpleMatcherResult:
            return self._match(context)

        self._matcher = matcher
        assert shell.Completer is not None
        shell.Completer.custom_matchers.append(matcher)

    def take_away(self) -> None:
        """Complete no longer."""
        assert self._shell.Completer is not None
        self._shell.Completer.custom_matchers.remove(self._matcher)

    def _match(self, context: CompletionContext) -> SimpleMatcherResult:
        match = MAGIC.match(context.text_until_cursor)
        if match is None:
            return SimpleMatcherResult(completions=[])
        fragment, found = self.complete(match["line"], Form(match["form"] + "sw"))
        completions = [SimpleCompletion(text, type=kind) for text, kind in found]
        return SimpleMatcherResult(completions=completions, suppress=True, matched_fragment=fragment, ordered=True)

    def complete(self, line: str, form: Form) -> tuple[str, list[tuple[str, str]]]:
        """Return the end of `line` that is being typed, and what it may become, each with its kind."""
        *before, fragment = re.split(r"\s+", line) if line else [""]
        before = [word for word in before if word]
        verb, words = self._verb(before)
        if verb is None:
            if words[-1:] == ["--lab"]:
                return self._values(COMMON[0], fragment)
            names = [(name, "verb") for name, known in verbs().items() if form in known.forms]
            options = [(option.name, "option") for option in COMMON]
            return fragment, _starting(fragment, [*names, *options] if words[:1] != ["help"] else names)
        option = _open_option(verb, words)
        if option is not None:
            return self._values(option, fragment)
        name, equals, value = fragment.partition("=")
        named = next((a for a in verb.everything if equals and a.name == name), None)
        if named is not None:
            return self._values(named, value)
        if fragment.startswith("-"):
            return fragment, _starting(fragment, [(a.name, "option") for a in verb.everything if a.is_option])
        place = _open_place(verb, words)
        values = self._values(place, fragment)[1] if place is not None else []
        if not fragment:
            values += [(a.name, "option") for a in verb.everything if a.is_option and a.dest not in _given(verb, words)]
        return fragment, values

    @staticmethod
    def _verb(before: Sequence[str]) -> tuple[Verb | None, list[str]]:
        """Return the verb among the words, and the words after it."""
        words = list(before)
        while words and words[0].startswith("-"):
            if words[0] == "--lab" and len(words) > 1:
                words.pop(0)
            elif words[0] == "--lab":
                return None, words
            words.pop(0)
        if not words or words[0] not in verbs():
            return None, words
        return verbs()[words[0]], words[1:]

    def _values(self, argument: Argument, fragment: str) -> tuple[str, list[tuple[str, str]]]:
        if argument.completes is Completes.VARIABLE:
            fragment = fragment.rpartition(",")[2]
        try:
            values = list(argument.choices) or list(self._known(argument.completes))
        except SwnbError:  # the browser is gone, and so is what it knew
            values = []
        return fragment, _starting(fragment, [(value, str(argument.completes)) for value in dict.fromkeys(values)])

    def _known(self, kind: Completes) -> Iterable[str]:
        if kind is Completes.VARIABLE:
            hidden = self._shell.user_ns_hidden
            return sorted(n for n in self._shell.user_ns if not n.startswith("_") and n not in hidden)
        if kind is Completes.LAB:
            return self._labs.names
        if kind in WORDS:
            return WORDS[kind]()
        lab = self._labs.get()
        if lab is not None and kind in (Completes.ACTOR, Completes.CHANNEL):  # the log outlives the browser
            return _of_log(lab, kind)
        if lab is not None and lab.alive and kind is Completes.NOTIFICATION:
            newest_first = list(lab.notifications.shown)[::-1]
            return _quoted(word for each in newest_first for word in (each.tag, each.title) if word)
        return _of_lab(lab, kind, self._labs.client_ids) if lab is not None and lab.alive else []


def _conditions() -> Iterable[str]:
    from swnb.lab import conditions

    return conditions.WORDS


def _kinds() -> Iterable[str]:
    from swnb.events import KINDS

    return [*dict.fromkeys(kind.split(".")[0] for kind in KINDS), *KINDS]


def _permissions() -> Iterable[str]:
    from swnb.lab.permissions import NAMES

    return NAMES


def _settings() -> Iterable[str]:
    from swnb.lab.permissions import SETTINGS

    return SETTINGS


WIDEST = 200
"""Characters of a name that is offered."""

WORDS: dict[Completes, Callable[[], Iterable[str]]] = {
    Completes.VERB: verbs,
    Completes.CONDITION: _conditions,
    Completes.KIND: _kinds,
    Completes.PERMISSION: _permissions,
    Completes.SETTING: _settings,
}
"""What is there without a lab."""


def _of_lab(lab: Lab, kind: Completes, client_ids: Iterable[str]) -> Iterable[str]:
    match kind:
        case Completes.WINDOW:
            return [window.name for window in lab.windows]
        case Completes.CLIENT:
            return [*(window.name for window in lab.windows), *client_ids]
        case Completes.SCOPE:
            return [_path(lab, registration.scope) for registration in lab.registrations]
        case Completes.PATH:
            return [*(route.path for route in lab.site.routes), *(mount.prefix for mount in lab.site.mounts)]
        case Completes.ORIGIN:
            return [site.name for site in lab.asynchronous.sites]
    return []


def _of_log(lab: Lab, kind: Completes) -> Iterable[str]:
    if kind is Completes.ACTOR:
        return lab.log.names.known()
    return _quoted(channel.name for channel in lab.world.channels)


def _quoted(names: Iterable[str]) -> Iterable[str]:
    """Put quotes around names with spaces; leave out those that no line can hold."""
    for name in names:
        if name.isprintable() and len(name) <= WIDEST:
            yield f'"{name}"' if " " in name and '"' not in name else name


def _path(lab: Lab, url: str) -> str:
    return url.removeprefix(lab.site.url) or url


def _starting(fragment: str, values: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(value, kind) for value, kind in values if value.startswith(fragment)]


def _open_option(verb: Verb, words: Sequence[str]) -> Argument | None:
    """Return the option whose value is being typed."""
    options = [a for a in verb.everything if a.is_option and a.takes_value]
    for back, word in enumerate(reversed(words), start=1):
        option = next((a for a in options if word and word in (a.name, a.short)), None)
        if option is not None:
            return option if back <= option.count else None
    return None


def _given(verb: Verb, words: Sequence[str]) -> set[str]:
    return {a.dest for a in verb.everything if not a.repeat and (a.name in words or a.short in words)}


def _open_place(verb: Verb, words: Sequence[str]) -> Argument | None:
    """Return the argument without hyphens that is being typed."""
    options = {name: a for a in verb.everything if a.is_option and a.takes_value for name in (a.name, a.short) if name}
    taken, values = [], 0
    for word in words:
        if values:
            values -= 1
        elif word.startswith("-"):
            values = options[word].count if word in options else 0
        else:
            taken.append(word)
    places = [a for a in verb.arguments if not a.is_option]
    if taken and len(places) == 1 and places[0].completes is Completes.CONDITION:
        return _of_condition(taken)
    return places[len(taken)] if len(taken) < len(places) else None


def _of_condition(words: Sequence[str]) -> Argument | None:
    """Return what follows the first words of a condition of `wait`."""
    named = {"message": (Completes.ACTOR, 2), "controlled": (Completes.ACTOR, 1), "loaded": (Completes.WINDOW, 1)}
    named |= {"notification": (Completes.NOTIFICATION, 1)}
    named |= {"navigated": (Completes.WINDOW, 1), "closed": (Completes.WINDOW, 1)}
    completes, count = named.get(words[0], (Completes.NOTHING, 0))
    return Argument("name", "", completes=completes) if len(words) <= count else None
