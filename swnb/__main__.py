"""``python -m swnb``: the same as the command ``swnb``."""

from __future__ import annotations

import sys

from swnb.cli import main

if __name__ == "__main__":
    sys.exit(main())
