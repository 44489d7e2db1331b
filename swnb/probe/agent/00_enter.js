// @ts-check
/* The agent's first line: take the binding and leave no trace of it. Without a binding there is nothing to do.
 *
 * `script.py` joins all parts into one function's body, behind `"use strict"`; after this one it returns where `binding` is
 * no function. What stands in double underscores is replaced there by a JSON literal.
 */
const G = /** @type {any} */ (globalThis);
/** What every message of swnb's own begins with, and what realms find each other by. @type {string} */
const SECRET = __SECRET__;
/** Characters of JSON up to which a payload is kept. @type {number} */
const LIMIT = __LIMIT__;
/** Whether facts may be held back, to the end of a task or over several. @type {boolean} */
const HOLDS = __HOLDS__;
/** @type {((payload: string) => void) | undefined} */
const binding = G[__BINDING__];
delete G[__BINDING__];
