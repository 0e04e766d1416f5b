#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs shell commands while a hapaxd of their own runs.

    daemon.py --hapaxd PATH [--option=OPTION]... [--dies | --started] COMMAND...

The commands find it by HAPAX_SOCKET, and its process in $DAEMON. It must end
well when it is asked to afterwards (with --dies, the commands have killed it);
what it prints goes to standard error. With --started, none runs at first, and the
commands start one.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from hapaxd import server


def run(commands, env):
    for command in commands:
        done = subprocess.run(["sh", "-ec", command], env=env)
        if done.returncode:
            sys.exit(f"{done.returncode} from: {command}")


def run_starting(path, commands, env):
    """Ends the daemon that the commands have started."""
    try:
        run(commands, env)
    finally:
        pid = server(path)
        if pid:
            os.kill(pid, signal.SIGTERM)
    if not pid:
        sys.exit("no daemon was started")
    while server(path):
        time.sleep(0.01)


def run_beside(options, path, env):
    daemon = subprocess.Popen([options.hapaxd, f"--socket={path}", *options.option])
    try:
        while not server(path):
            if daemon.poll() is not None:
                sys.exit(f"hapaxd ended with {daemon.returncode}")
            time.sleep(0.01)
        run(options.commands, env | {"DAEMON": str(daemon.pid)})
        if options.dies:
            daemon.wait(timeout=60)
            return
        if daemon.poll() is not None:
            sys.exit(f"hapaxd ended early, with {daemon.returncode}")
        daemon.send_signal(signal.SIGTERM)
        if daemon.wait(timeout=60):
            sys.exit(f"hapaxd ended with {daemon.returncode}")
    finally:
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hapaxd", required=True)
    parser.add_argument("--option", action="append", default=[])
    parser.add_argument("--dies", action="store_true")
    parser.add_argument("--started", action="store_true")
    parser.add_argument("commands", nargs="+")
    options = parser.parse_args()

    # Not below the test's folder: paths of sockets are short.
    with tempfile.TemporaryDirectory(prefix="hapax-lit-") as folder:
        path = os.path.join(folder, "daemon.socket")
        env = {k: v for k, v in os.environ.items() if k != "HAPAX_DAEMON"}
        env["HAPAX_SOCKET"] = path
        # However loaded the machine is.
        env.setdefault("HAPAX_DAEMON_TIMEOUT", "30000")
        if options.started:
            run_starting(path, options.commands, env)
        else:
            run_beside(options, path, env)


if __name__ == "__main__":
    main()
