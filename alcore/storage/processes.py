"""Processes that outlive the one that starts them."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from alcore.storage.errors import StoreError
from alcore.storage.paths import open_private


def spawn(arguments: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
    """Start `python -m ARGUMENTS`, which outlives this process; its output goes to the log.

    Args:
        arguments: the module and its arguments.
        log: file that its output is appended to.
        environment: variables added to this process's environment.

    Raises:
        StoreError: if no process can be started.
    """
    root = Path(__file__).resolve().parents[2]
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        with open_private(log, "ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=root,
                env={**os.environ, **(environment or {}), "PYTHONPATH": os.pathsep.join(paths)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Its own session: a Ctrl-C or hang-up in the server's terminal does not reach it.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
                | getattr(subprocess, "DETACHED_PROCESS", 0),
            )
    except OSError as error:
        raise StoreError(
            f"No process could be started in the background ({error.strerror or error}). "
            "Make room on the disk and in memory; what is queued starts with the next look at the page."
        ) from error
    # Wait for the process, otherwise it remains as a zombie.
    threading.Thread(target=process.wait, name=f"reap {arguments[0]}", daemon=True).start()
