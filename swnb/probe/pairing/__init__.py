"""Which message that arrived is which message that was sent.

Nothing in a message says which one it is, and nothing may be put into it. There are its order and its content.

**What the browser keeps.** What goes from one sender to one receiver is a *channel*, and the browser keeps its order. Nothing
of it is lost but at a stop. A service worker that is stopped is another context when it starts again (another *epoch*), though
pages go on posting to the same object. What is lost is one block for each stop: of what was sent to the worker, any number of
messages from the first one that it had not read; of what it sent itself, any number of the last. A message that is posted to a
worker without a thread starts one. A port moves with what is on its way to it, in order; a context that ends takes its ports
with it.

**What is heard.** The two ends tell over two sessions. Each one's facts come in the order in which they happened; but what
arrived may be heard before what was sent. A context that dies in the middle of a task may take facts with it (`Party.behind`);
else none are missing.

**Pairs.** While nothing broke a channel, the next message that arrives is the first that waits: order alone is *exact*, also if
all messages are the same. An arrival that is heard first waits for its sending. At a stop the channel falls out of step. Then
an arrival is decided only when all is heard that was sent before: at a *settled moment*, which whoever calls `settle` brings
about (`Pairing.moment`, then ask all agents for all that they know, then `Pairing.settle`). Of what waits then, those are
candidates whose content is equal to the byte (or whose size and digest are, where it was not kept; or all, where the sender's
description is not exact). One candidate: the pair is exact, what waited before it is ``lost``, and the channel is in step
again. Several: the first is taken and the pair is *ambiguous*, and so are the next ones, until one is certain. To take the
first is what makes this sound: as each arrival takes the earliest that fits, what really arrived later is always still there,
so that the only one that fits is the true one.

**Where a channel is not known.** A page tells only the URL of the script that it posts to, and two versions may have it; a
worker names a client by an id, and nobody may know whose; a BroadcastChannel does not say who sent; a worker's thread does not
say which `Worker` object it belongs to, and ``window.postMessage`` is heard on one side only, though ports travel by it. Then
the candidates of all channels that may be meant are counted together. What was taken for another one may be missed elsewhere:
each ambiguous pair leaves a *doubt* about its content in every channel that it could have been of, and no pair of that content
is exact before a later message of the channel has surely arrived. Ids, ports and workers are also told by exclusion: what
arrived must have been sent; if only one document, or one end, can have sent all of it, that is proven. What cannot be proven
for long is guessed, and all that could have been meant is ambiguous from there on.

**Ends.** A message that did not arrive is ``lost`` once a later one of its channel has arrived, or at the very end; ``gone``
when its receiver ended; ``waiting`` while a page's queue is shut. Its ports share its fate. An arrival that nobody can have
sent is *unpaired*: an inferred `MessageSent` is written for it.

======================  ======================================================================
`pairing`, `routes`     the front: contexts and facts go in; which fact goes where
`judge`, `streams`      what waits at both ends of a channel, and the decisions
`lanes`, `containers`   pages ↔ service workers; `identities`: whose a client id is
`ends`, `ports`         ports and workers; `strangers`, `evidence`: which port it is that came unheard
`rooms`, `windows`      BroadcastChannels; ``window.postMessage``
`backlog`               facts that cannot be understood before another one is
`scribe`                the events
======================  ======================================================================
"""

from __future__ import annotations

from swnb.probe.pairing.pairing import Pairing
from swnb.probe.pairing.party import Party

__all__ = ["Pairing", "Party"]
