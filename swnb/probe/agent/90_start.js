// @ts-check
/* The order of installation, and the handing over. */
for (let i = 0; i < installations.length; i += 2) guard(installations[i], installations[i + 1]);
if (KIND === "window" && TOKEN) guard("api", () => G.console.debug(TOKEN, api));
