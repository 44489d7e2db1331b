"""The benchmark: swnb beside the bare pipe, pyppeteer and Playwright. Start with ``python -m tests.bench.run``."""
