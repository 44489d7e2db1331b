"""What the mirror of the Clients API evaluates in a worker."""

from __future__ import annotations

from functools import cache

from swnb.vocab import ClientType

ROW = (
    "c => [c.id, c.url, c.type, c.frameType, c.visibilityState, c.focused,"
    " c.ancestorOrigins ? [...c.ancestorOrigins] : null]"
)

ROWS = f"""async (mine, all) => {{
  const row = {ROW};
  const rows = [], ids = [];
  const mineNow = await mine, allNow = all ? await all : mineNow;
  for (let i = 0; i < allNow.length; i++) rows[i] = row(allNow[i]);
  if (all) for (let i = 0; i < mineNow.length; i++) ids[i] = mineNow[i].id;
  return [rows, all ? ids : null];
}}"""
"""Rows of clients, and the ids of the controlled ones if `all` may have others. No patched method is called."""

SEEN = f"""(async c => {{
  const mine = await clients.matchAll();
  let controlled = false;
  for (let i = 0; i < mine.length; i++) if (mine[i].id === c.id) controlled = true;
  return [({ROW})(c), controlled];
}})"""
"""A window client's row, and whether this worker controls it."""


FOCUSED = f"""(async id => {{
  const found = clients.get(id), controlled = clients.matchAll();
  const c = await found, mine = await controlled;
  if (!c) return false;
  const row = ({ROW})(await c.focus());
  for (let i = 0; i < mine.length; i++) if (mine[i].id === id) return [row, true];
  return [row, false];
}})"""
"""The same of a client that is focused; false where there is none. Focusing changes no controller, so one round trip is saved."""


@cache
def match_all(client_type: ClientType, include_uncontrolled: bool) -> str:
    """Return the expression of one kind of ``matchAll()``; the same text each time, which V8 has compiled already."""
    options = f'{{type: "{client_type}"}}'
    everyone = (
        f'clients.matchAll({{type: "{client_type}", includeUncontrolled: true}})' if include_uncontrolled else "null"
    )
    return f"({ROWS})(clients.matchAll({options}), {everyone})"
