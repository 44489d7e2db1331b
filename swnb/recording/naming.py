"""Who of one run is who of the other, whatever the order in which they appeared.

Most actors are known by what does not vary (see `realms`). Those that are alike there, as two frames of one address in one page,
are told apart by *colour refinement* (Weisfeiler and Leman 1968): the colour of an actor says what it is; again and again it takes
in what its strands say, and the colours and places of all that its steps name, follow from, and cause. Both runs are coloured
together, so that one colour means one thing. Colours depend on nothing but the structure of the run: where two runs are equal, the
actors of each colour are equally many. So where the colours differ in number the runs are different, for certain.

Actors that are still of one colour then are mostly such that do the same and have nothing to do with each other: which of them is
which does not matter. Where they have, one of them is singled out in the first run, each in turn of that colour in the second one,
and the colouring goes on. If that ends, for lack of patience or of a match, while the runs differ in nothing else, the comparison
says that it cannot tell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from typing import Final, NamedTuple

from swnb.recording.canonical import Run
from swnb.recording.causality import GLOBAL
from swnb.recording.same import starts
from swnb.recording.strands import Strand

PATIENCE: Final = 200
"""How often an actor is singled out at most."""

Colours = dict[str, int]


class Naming(NamedTuple):
    """Who is who.

    Attributes
    ----------
    one, other
        A number for each actor of the two runs; two that are the same have the same.
    certain
        Whether a better answer can be ruled out.
    """

    one: Mapping[str, int]
    other: Mapping[str, int]
    certain: bool


class Edge(NamedTuple):
    """Something that connects an actor with another.

    Attributes
    ----------
    to
        Key of the strand at the other end.
    said
        What it is, and where it is at both ends.
    """

    to: tuple[str, str]
    said: Hashable


class Palette:
    """Gives each thing that is said a colour, the same for both runs."""

    def __init__(self) -> None:
        self._colours: dict[Hashable, int] = {}

    def colour(self, said: Hashable) -> int:
        """Return the colour of what is said."""
        return self._colours.setdefault(said, len(self._colours) + 1)

    def fresh(self) -> int:
        """Return a colour that nobody has."""
        return self.colour(("singled out", len(self._colours)))


def match(one: Run, other: Run) -> Naming:
    """Find out who is who in two runs."""
    palette = Palette()
    runs = (one, other)
    colours = [_first(run, palette) for run in runs]
    if not any(_ties(each) for each in colours):
        return Naming(colours[0], colours[1], True)
    before = [dict(each) for each in colours]
    graphs = [Graph(run, _ties(each)) for run, each in zip(runs, colours, strict=True)]
    _refine(graphs, colours, palette)
    if _numbers(colours[0]) != _numbers(colours[1]):
        return _nearest(before, colours, palette, certain=True)
    certain = True
    for _ in range(PATIENCE):
        tied = _entangled(graphs[0], colours[0])
        if not tied:
            break
        singled = _single_out(graphs, colours, palette, tied)
        if singled is None:
            certain = False
            break
        colours = singled
    else:
        certain = False
    return _nearest(before, colours, palette, certain)


def _first(run: Run, palette: Palette) -> Colours:
    """Colour actors by what does not vary. Owners and predecessors appear before those who name them."""
    colours: Colours = {"": 0}
    for label, realm in run.realms.known.items():
        colours[label] = palette.colour((realm.what, colours.get(realm.owner, -1), colours.get(realm.former, -1)))
    return colours


def _ties(colours: Colours) -> set[str]:
    """Return those whose colour somebody else has, too."""
    numbers = _numbers(colours)
    return {label for label, colour in colours.items() if numbers[colour] > 1}


def _numbers(colours: Colours) -> Counter[int]:
    return Counter(colours.values())


class Graph:
    """What connects those who are alike with others.

    Attributes
    ----------
    edges
        By the actor.
    said
        What an actor's own strands say.
    """

    def __init__(self, run: Run, tied: set[str]) -> None:
        self.edges: dict[str, list[Edge]] = {label: [] for label in tied}
        self._places = starts(run)  # of identical neighbours it does not matter which one it is
        strands = list(run.strands.values())
        own: dict[str, list[Hashable]] = defaultdict(list)
        for strand in strands:
            kind, owner = strand.key
            if kind not in GLOBAL and owner in tied:
                own[owner].append((kind, hash(strand.words.tobytes())))
            self._named(strand, tied)
            self._caused(run, strand, strands, tied)
        self.said: dict[str, Hashable] = {label: tuple(sorted(own[label], key=str)) for label in tied}

    def _named(self, strand: Strand, tied: set[str]) -> None:
        kind, owner = strand.key
        mine = kind not in GLOBAL and owner in tied
        slot, last = 0, -1
        for at, label in zip(strand.name_ats, strand.names, strict=True):
            slot, last = (slot + 1 if at == last else 0), at
            if mine or label in tied:
                place = (kind, self._places[at], slot)
                if mine:
                    self.edges[owner].append(Edge(("realm", label), ("names", place)))
                if label in tied:
                    self.edges[label].append(Edge(strand.key, ("named by", place)))

    def _caused(self, run: Run, strand: Strand, strands: list[Strand], tied: set[str]) -> None:
        kind, owner = strand.key
        mine = kind not in GLOBAL and owner in tied
        for at, cause in zip(strand.cause_ats, strand.causes, strict=True):
            if run.home[cause] < 0:
                continue
            source = strands[run.home[cause]].key
            theirs = source[0] not in GLOBAL and source[1] in tied
            if mine or theirs:
                places = (kind, self._places[at], source[0], self._places[cause])
                if mine:
                    self.edges[owner].append(Edge(source, ("follows", places)))
                if theirs:
                    self.edges[source[1]].append(Edge(strand.key, ("causes", places)))


def _end(colours: Colours, edge: Edge, palette: Palette) -> int:
    """Return the colour of the other end of an edge."""
    kind, owner = edge.to
    return palette.colour(("strand", kind, owner)) if kind in GLOBAL else colours.get(owner, -1)


def _refine(graphs: list[Graph], colours: list[Colours], palette: Palette) -> None:
    """Let colours take in what is around them, until they tell no more apart."""
    first = True
    while True:
        before = [len(set(each.values())) for each in colours]
        for graph, each in zip(graphs, colours, strict=True):
            changed = {
                label: palette.colour(
                    (
                        each[label],
                        graph.said[label] if first else None,
                        frozenset(Counter((edge.said, _end(each, edge, palette)) for edge in edges).items()),
                    )
                )
                for label, edges in graph.edges.items()
            }
            each.update(changed)
        first = False
        if [len(set(each.values())) for each in colours] == before:
            return


def _entangled(graph: Graph, colours: Colours) -> list[str]:
    """Return the actors of one colour that have to do with others of no colour of their own; empty where there are none."""
    ties = _ties(colours)
    found = {
        colours[label]
        for label in graph.edges.keys() & ties
        if any(edge.to[1] in ties and edge.to[1] != label and edge.to[0] not in GLOBAL for edge in graph.edges[label])
    }
    return [label for label, colour in colours.items() if found and colour == min(found)]


def _single_out(graphs: list[Graph], colours: list[Colours], palette: Palette, tied: list[str]) -> list[Colours] | None:
    """Give one of those that are alike a colour of its own, in both runs; None where none of the second run fits."""
    mark = palette.fresh()
    for candidate in [label for label, colour in colours[1].items() if colour == colours[0][tied[0]]]:
        tried = [{**colours[0], tied[0]: mark}, {**colours[1], candidate: mark}]
        _refine(graphs, tried, palette)
        if _numbers(tried[0]) == _numbers(tried[1]):
            return tried
    return None


def _nearest(before: list[Colours], colours: list[Colours], palette: Palette, certain: bool) -> Naming:
    """Name all: those of one colour in the order of their appearance, then those that only began alike."""
    names: list[dict[str, int]] = [{}, {}]
    for stage in (colours, before):
        groups: list[dict[int, list[str]]] = []
        for named, each in zip(names, stage, strict=True):
            group: dict[int, list[str]] = defaultdict(list)
            for label, colour in each.items():
                if label not in named:
                    group[colour].append(label)
            groups.append(group)
        for colour in groups[0].keys() & groups[1].keys():
            for one, other in zip(groups[0][colour], groups[1][colour], strict=False):
                names[0][one] = names[1][other] = palette.fresh()
    for named, each in zip(names, colours, strict=True):
        named.update({label: palette.fresh() for label in each if label not in named})
    return Naming(names[0], names[1], certain)
