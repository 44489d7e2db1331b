// @ts-check
/* What a message carries, described without running anything of the page's. */
/** @type {(value: any, transfer?: any[]) => [Raw | null, number, string, number]} */
const describe = (value) => (typeof value === "string" ? [raw(`[${stringify(value)}]`), 2 * value.length, "", 1] : [null, 0, "", 0]);
