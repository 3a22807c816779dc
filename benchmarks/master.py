"""An instrument master from its bytes until it can be searched, beside one csv or json pass over the same bytes.

    .venv/bin/python benchmarks/master.py [rounds [broker ...]]

The masters of the four brokers at their real size. Processor time of both in the same round (another program's load
would spoil the ratio of anything else), medians of the rounds after a warm-up; then the same day again (open the store
and find something), the peak of memory above the start in a process of its own, and the longest time that the event
loop of that process stood still meanwhile. The exit status is 1 above a goal (docs/performance.md).
"""

import asyncio
import gc
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from masters import DAY, SIZES, files, instruments, kite_master, one_pass

from app.store import AppStore

CHILD = "--child"
BEAT = 0.005  # seconds between two looks at the loop
RATIO, AGAIN_MS, PEAK_MB, STALL_MS = 12.0, 30.0, 45.0, 25.0


async def load(path: Path, broker: str, sources: dict[str, Path]) -> int:
    """A new profile, the master in it."""
    store = await AppStore.open(path)
    try:
        return await store.instruments.replace(broker, await instruments(broker, sources), day=DAY)
    finally:
        await store.close()


async def again(path: Path, broker: str) -> float:
    """Milliseconds of opening the store of the same day and finding a share."""
    began = time.perf_counter()
    store = await AppStore.open(path)
    try:
        assert await store.instruments.loaded_on(broker) == DAY
        found = await store.instruments.search(broker, "reli")
        took = (time.perf_counter() - began) * 1000
    finally:
        await store.close()
    assert found[0].name == "RELIANCE"
    return took


def written(folder: Path, made: dict[str, bytes]) -> dict[str, Path]:
    """The files, on the disk."""
    for name, body in made.items():
        (folder / name).write_bytes(body)
    return {name: folder / name for name in made}


def measure(broker: str, sources: dict[str, Path], rounds: int) -> tuple[float, float]:
    """The ratio of the medians of processor times, and the median of the same day again."""
    passes, loads, agains = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds + 1):
            path = Path(folder, str(number), "app.db")
            bodies = [source.read_bytes() for source in sources.values()]
            gc.collect()
            marks = [time.process_time()]
            for body in bodies:
                one_pass(body)
            marks.append(time.process_time())
            asyncio.run(load(path, broker, sources))
            marks.append(time.process_time())
            passes.append(marks[1] - marks[0])
            loads.append(marks[2] - marks[1])
            agains.append(asyncio.run(again(path, broker)))
    medians = [statistics.median(times[1:]) for times in (passes, loads, agains)]
    print(f"  one pass {medians[0] * 1000:6.0f} ms  load {medians[1] * 1000:6.0f} ms of processor time", flush=True)
    return medians[1] / medians[0], medians[2]


def resident_mb() -> float:
    """Memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


async def watched(folder: Path, broker: str, sources: dict[str, Path]) -> tuple[float, float]:
    """Peak of memory above the start, what is kept of the files included, and the longest stall of the loop."""
    small = written(folder, {"small": kite_master(500)})
    await load(folder / "warm" / "app.db", "zerodha", small)  # what is imported stays out of it
    gc.collect()
    start = peak = resident_mb()
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.005):
            peak = max(peak, resident_mb())

    watcher = threading.Thread(target=watch)
    watcher.start()
    loading = asyncio.create_task(load(folder / "new" / "app.db", broker, sources))
    longest, last = 0.0, time.perf_counter()
    while not loading.done():
        await asyncio.sleep(BEAT)
        now = time.perf_counter()
        longest, last = max(longest, now - last - BEAT), now
    done.set()
    watcher.join()
    await loading
    return peak - start, longest * 1000


def apart(broker: str, sources: dict[str, Path], rounds: int) -> tuple[float, float]:
    """Medians of peak and stall, each round in a process of its own."""
    found: list[list[float]] = []
    command = [sys.executable, __file__, CHILD, broker, *map(str, sources.values())]
    for _ in range(rounds):
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        found.append([float(word) for word in done.stdout.split()])
    peak, stall = (statistics.median(measured) for measured in zip(*found, strict=True))
    return peak, stall


def judged(broker: str, rounds: int) -> bool:
    """Measure the master of `broker` and print it; whether the goals were kept."""
    with tempfile.TemporaryDirectory() as folder:
        sources = written(Path(folder), files(broker))
        size = sum(source.stat().st_size for source in sources.values())
        print(f"{broker}: {SIZES[broker]} rows, {size / 1e6:.1f} MB")
        ratio, again_ms = measure(broker, sources, rounds)
        peak, stall = apart(broker, sources, rounds)
    print(f"  load until searchable {ratio:5.1f} x one pass (goal: at most {RATIO:.0f})")
    print(f"  same day again        {again_ms:5.1f} ms (goal: at most {AGAIN_MS:.0f})")
    print(f"  peak of memory        {peak:5.1f} MB above the start (goal: at most {PEAK_MB:.0f})")
    print(f"  longest stall         {stall:5.1f} ms (goal: at most {STALL_MS:.0f})", flush=True)
    return ratio <= RATIO and again_ms <= AGAIN_MS and peak <= PEAK_MB and stall <= STALL_MS


def main() -> int:
    """Measure, print, judge."""
    if sys.argv[1:2] == [CHILD]:
        sources = {Path(name).name: Path(name) for name in sys.argv[3:]}
        with tempfile.TemporaryDirectory() as folder:
            print(*asyncio.run(watched(Path(folder), sys.argv[2], sources)))
        return 0
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    kept = [judged(broker, rounds) for broker in sys.argv[2:] or SIZES]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
