// @ts-check
/* The order of installation. */
for (let i = 0; i < installations.length; i += 2) guard(installations[i], installations[i + 1]);
