"""Run a command, then print how much memory it had at most, in bytes: `python -m benchmarks.peak COMMAND…`.

A process of its own and a small one: a child's peak is never told as less than what its parent held when it began.
"""

import os
import sys

# Linux counts in KiB, macOS in bytes.
UNIT = 1 if sys.platform == "darwin" else 1024


def main() -> None:
    """Run the command, and end with its exit code."""
    command = sys.argv[1:]
    process = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(process, 0)
    sys.stdout.write(f"{usage.ru_maxrss * UNIT}\n")
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
