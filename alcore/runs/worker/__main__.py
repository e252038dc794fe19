"""python -m alcore.runs.worker: see `main`."""

import sys

from alcore.runs.worker.main import main

if __name__ == "__main__":
    sys.exit(main())
