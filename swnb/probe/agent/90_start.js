// @ts-check
/* The order of installation, and the handing over. */
const parts = [["mask", maskRealm]];
for (let i = 0; i < parts.length; i++) guard(/** @type {any} */ (parts[i][0]), /** @type {any} */ (parts[i][1]));
if (KIND === "window") guard("api", () => G.console.debug(TOKEN, api));
