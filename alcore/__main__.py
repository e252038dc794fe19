"""python -m alcore: see `alcore.cli.main`."""

import sys

from alcore.cli.arguments import in_process
from alcore.cli.main import main

if __name__ == "__main__":
    sys.exit(in_process(main))
