"""What a process and its children use of this machine, as far as the system says."""

from __future__ import annotations

from typing import Any


def usage(pid: int) -> dict[str, Any]:
    """Memory and processor time of a process with all below it.

    Returns:
        `memory`: resident bytes; `processes`: how many; `cpu`: processor seconds so far. Empty where it is gone.
    """
    import psutil

    memory, cpu, count = 0, 0.0, 0
    try:
        top = psutil.Process(pid)
        for process in [top, *top.children(recursive=True)]:
            try:
                memory += process.memory_info().rss
                times = process.cpu_times()
            except psutil.Error:
                continue  # it has just ended
            cpu += times.user + times.system
            count += 1
    except psutil.Error:
        return {}
    return {"memory": memory, "processes": count, "cpu": cpu}
