"""Speed and memory, as ratios against baselines in the same process on the same machine.

Seconds differ between machines and between hours of one machine; ratios do so much less. Every table therefore has a baseline measured in the
same minute: the usual recipe for search, one embedding of the question for an answer, a bare Python start for a cold start, one matrix
product for growth.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from corpus.errors import MaatwerkwijzerError
from corpus.store import Corpus
from eval.baselines import LABELS, MODES, USUAL, ModeSystem, UsualRecipe, raw_texts
from eval.errors import EvalUsageError
from eval.generate import Asks
from eval.machine import machine, peak_memory_mib, versions
from eval.progress import progress
from eval.runs import write_json
from eval.synthetic import WordSumEncoder, synthetic_corpus

SIZES = (1_000, 10_000, 100_000)


def quantiles(ms: Sequence[float]) -> dict[str, float]:
    """p50 and p95 in milliseconds, and n."""
    return {"p50_ms": round(float(np.quantile(ms, 0.5)), 3), "p95_ms": round(float(np.quantile(ms, 0.95)), 3), "n": len(ms)}


def timed(action: Callable[[], Any]) -> float:
    """Milliseconds that an action takes."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def bench_answers(assistant: Asks, questions: Sequence[str], embeddings: Any) -> dict[str, Any]:
    """Answers per second, p50 and p95 per stage, and the total against one embedding of the question (which no answer can do without)."""
    baseline = [timed(partial(embeddings.encoder.encode, [q], "query")) for q in questions]
    stages: dict[str, list[float]] = {}
    totals = []
    for question in progress(questions, "antwoorden"):
        started = time.perf_counter()
        answer = assistant.ask(question)
        totals.append((time.perf_counter() - started) * 1000)
        for stage, value in answer.timings_ms.items():
            stages.setdefault(stage, []).append(value)
    out: dict[str, Any] = {
        "answers_per_second": round(1000 * len(totals) / sum(totals), 2),
        "total": quantiles(totals),
        "stages": {stage: quantiles(values) for stage, values in stages.items()},
        "baseline_embedding": quantiles(baseline),
    }
    out["ratio_to_embedding"] = round(out["total"]["p50_ms"] / out["baseline_embedding"]["p50_ms"], 3)
    return out


def bench_search(corpus: Corpus, retriever: Any, embeddings: Any, questions: Sequence[str]) -> dict[str, Any]:
    """p50 and p95 of every search mode and of the usual recipe, with the question's vector ready, as a ratio to that recipe."""
    for question in questions:
        embeddings.query_vector(question)
    table: dict[str, Any] = {}
    with UsualRecipe(raw_texts(corpus), embeddings) as usual:
        usual.search(questions[0], 10)
        table[USUAL] = quantiles([timed(partial(usual.search, q, 10)) for q in questions])
        table[USUAL]["build_seconds"] = round(usual.build_seconds, 3)
    for mode in MODES:
        system = ModeSystem(retriever, mode)
        system.search(questions[0])
        table[mode] = quantiles([timed(partial(system.search, q)) for q in questions])
    for row in table.values():
        row["ratio_to_usual_recipe"] = round(row["p50_ms"] / table[USUAL]["p50_ms"], 3)
    return table


def bench_build(corpus: Corpus, embeddings: Any, sample: int = 24) -> dict[str, Any]:
    """Index build in a temporary home: passages per second with the vectors at hand; and embedding alone, without a cache."""
    from index.build import build
    from index.embedding import CachedEmbeddings

    seconds = []
    for _ in range(2):
        with tempfile.TemporaryDirectory(prefix="mww-bench-", ignore_cleanup_errors=True) as home:
            started = time.perf_counter()
            manifest = build(corpus, embeddings, Path(home))
            seconds.append(time.perf_counter() - started)
    first, again = seconds
    texts = [d.passage_text(p) for d, p in corpus.passages()]
    some = [texts[i * len(texts) // sample] for i in range(min(sample, len(texts)))]
    bare = timed(lambda: CachedEmbeddings(embeddings.encoder).vectors(some)) / 1000
    return {
        "passages": manifest.passages,
        "keys": manifest.keys,
        "first_seconds": round(first, 3),
        "again_seconds": round(again, 3),
        "passages_per_second": round(manifest.passages / again, 1),
        "keys_per_second": round(manifest.keys / again, 1),
        "embedded_passages_per_second": round(len(some) / bare, 2),
        "ratio_to_embedding_all": round(again / (manifest.passages / (len(some) / bare)), 4),
    }


_COLD = """
import json, sys, time
started = time.perf_counter()
from eval.opening import open_assistant
from eval.machine import peak_memory_mib
opened = open_assistant(json.loads(sys.argv[1]))
ready = time.perf_counter()
opened.assistant.ask(sys.argv[2])
first = time.perf_counter()
opened.assistant.ask(sys.argv[2])
print(json.dumps({"ready_s": ready - started, "first_answer_s": first - started, "second_answer_s": time.perf_counter() - first,
                  "peak_memory_mib": peak_memory_mib()}))
"""


def bench_start(options: dict[str, Any], question: str, times: int = 3) -> dict[str, Any]:
    """Cold and warm start in fresh processes with the index built: the first is cold, the best of the others warm.

    The baseline is a process that only imports chromadb and numpy.
    """
    rows = []
    for _ in progress(range(times), "starten"):
        rows.append(json.loads(_process([sys.executable, "-c", _COLD, json.dumps(options), question])))
    baseline = [timed(lambda: _process([sys.executable, "-c", "import chromadb, numpy; print(0)"])) / 1000 for _ in range(2)]
    warm = min(rows[1:] or rows, key=lambda r: r["first_answer_s"])
    return {
        "cold": {k: round(v, 3) for k, v in rows[0].items()},
        "warm": {k: round(v, 3) for k, v in warm.items()},
        "baseline_import_chromadb_s": round(min(baseline), 3),
        "ratio_to_import_chromadb": round(warm["first_answer_s"] / min(baseline), 3),
    }


def _process(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        raise MaatwerkwijzerError(f"Een meetproces eindigde met code {done.returncode}: {lines[-1] if lines else ''}", "Voer 'maatwerkwijzer doctor' uit.")
    return done.stdout.strip().splitlines()[-1]


_GROWTH = """
import json, sys
from corpus.store import load_corpus
from eval.bench import growth_point
print(json.dumps(growth_point(load_corpus(), int(sys.argv[1]), server=sys.argv[2] == "server")))
"""


def _nearest(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    return np.argsort(-(matrix @ vector))[:10]


@contextmanager
def chroma_server(folder: Path) -> Iterator[tuple[str, int]]:
    """A real ``chroma run`` over a folder on the loopback address: its address and process number.

    Raises:
        EvalUsageError: it does not answer within half a minute.
    """
    from index.build import heartbeat

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                heartbeat(url, 1.0)
                break
            except Exception:  # not up yet, in one of many ways
                time.sleep(0.1)
        else:
            raise EvalUsageError("De Chroma-server start niet.", "Probeer met de hand: chroma run --path MAP")
        yield url, process.pid
    finally:
        process.kill()
        process.wait()


def growth_point(corpus: Corpus, size: int, queries: int = 40, server: bool = False) -> dict[str, Any]:
    """Build and search a synthetic corpus of ``size`` passages with real Chroma and BM25, made-up vectors, and this process's memory.

    The baseline is the exact product of the same vectors with the question's. ``server``: with a Chroma server over HTTP instead of the
    embedded one. ``filtered`` is the full search within one of the documents.
    """
    from index.build import build, open_collection
    from index.embedding import CachedEmbeddings
    from index.retriever import Filter, Retriever

    large = synthetic_corpus(corpus, size)
    embeddings = CachedEmbeddings(WordSumEncoder())
    texts = [d.passage_text(p) for d, p in large.passages()]
    asked = [" ".join(texts[i * len(texts) // queries].split()[:8]) for i in range(queries)]
    out: dict[str, Any] = {"passages": size, "memory_before_mib": round(peak_memory_mib(), 1)}
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="mww-growth-", ignore_cleanup_errors=True))
        url, pid = stack.enter_context(chroma_server(Path(home) / "chroma-server")) if server else ("", 0)
        out["chroma"] = "server" if server else "ingebouwd"
        started = time.perf_counter()
        manifest = build(large, embeddings, Path(home), url)
        out["build_s"] = round(time.perf_counter() - started, 3)
        out["build_passages_per_s"] = round(size / out["build_s"], 1)
        out["disk_mib"] = round(sum(f.stat().st_size for f in Path(home).rglob("*") if f.is_file()) / 2**20, 1)
        retriever = Retriever(large, embeddings, open_collection(Path(home), manifest, url), manifest)
        out["first_search_s"] = round(timed(lambda: retriever.search(asked[0], 10)) / 1000, 3)
        vectors = np.stack([embeddings.query_vector(q) for q in asked])
        for mode in ("bm25", "dense", "full"):
            retriever.search(asked[0], 10, mode)
            out[mode] = quantiles([timed(partial(retriever.search, q, 10, mode)) for q in asked])
        within = Filter(documents=frozenset({next(iter(large.documents))}))
        retriever.search(asked[0], 10, where=within)
        out["filtered"] = quantiles([timed(partial(retriever.search, q, 10, where=within)) for q in asked])
        if pid:
            out["server_memory_mib"] = round(psutil.Process(pid).memory_info().rss / 2**20, 1)
        matrix = embeddings.vectors(texts)
        out["baseline_matrix_product"] = quantiles([timed(partial(_nearest, matrix, v)) for v in vectors])
        out["ratio_full_to_matrix_product"] = round(out["full"]["p50_ms"] / out["baseline_matrix_product"]["p50_ms"], 2)
    out["peak_memory_mib"] = round(peak_memory_mib(), 1)
    return out


def bench_growth(sizes: Sequence[int] = SIZES, server: bool = False) -> list[dict[str, Any]]:
    """One fresh process for each size, so that memory is that size's own. ``server``: with a Chroma server over HTTP."""
    where = "server" if server else "embedded"
    return [json.loads(_process([sys.executable, "-c", _GROWTH, str(size), where])) for size in progress(list(sizes), "groei")]


def write_bench(folder: Path, result: dict[str, Any]) -> None:
    """Write ``bench.json``, ``bench.md`` and ``bench.html`` (a plot of growth, plotly inlined)."""
    folder.mkdir(parents=True, exist_ok=True)
    stamped = {"created": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(), "versions": versions(), **result}
    write_json(folder / "bench.json", stamped)
    (folder / "bench.md").write_text(bench_markdown(stamped), encoding="utf-8")
    if result.get("growth"):
        _growth_plot(result["growth"]).write_html(folder / "bench.html", include_plotlyjs=True, config={"displaylogo": False})


def _growth_plot(points: Sequence[dict[str, Any]]) -> Any:
    from plotly.subplots import make_subplots

    figure = make_subplots(rows=1, cols=3, subplot_titles=("zoeken, p50 (ms)", "bouwen (s)", "piekgeheugen (MiB)"))
    x = [p["passages"] for p in points]
    for name in ("bm25", "dense", "full", "filtered", "baseline_matrix_product"):
        figure.add_scatter(x=x, y=[p[name]["p50_ms"] for p in points], name=name, mode="lines+markers", row=1, col=1)
    figure.add_scatter(x=x, y=[p["build_s"] for p in points], name="bouwen", mode="lines+markers", row=1, col=2)
    figure.add_scatter(x=x, y=[p["peak_memory_mib"] for p in points], name="geheugen", mode="lines+markers", row=1, col=3)
    figure.update_xaxes(type="log", title="passages")
    figure.update_yaxes(type="log")
    figure.update_layout(template="plotly_white", title="Groei")
    return figure


def bench_markdown(result: dict[str, Any]) -> str:
    """The tables of a benchmark in Markdown."""
    from eval.tables import markdown_table

    info = result["machine"]
    out = f"## Benchmark\n\n{info['processor']}, {info['cores']} kernen, {info['memory_gib']} GiB; {result['created']}\n"
    if answers := result.get("answers"):
        stages = [("totaal (buiten gemeten)", answers["total"]), *answers["stages"].items()]
        rows = [[stage, f"{q['p50_ms']:.1f}", f"{q['p95_ms']:.1f}", str(q["n"])] for stage, q in stages]
        rows.append(["basis: één embedding", f"{answers['baseline_embedding']['p50_ms']:.1f}", f"{answers['baseline_embedding']['p95_ms']:.1f}", ""])
        out += f"\n{answers['answers_per_second']} antwoorden per seconde; {answers['ratio_to_embedding']} × één embedding\n\n"
        out += markdown_table(("stap", "p50 ms", "p95 ms", "n"), rows)
    if search := result.get("search"):
        rows = [[LABELS.get(k, k), f"{v['p50_ms']:.2f}", f"{v['p95_ms']:.2f}", f"{v['ratio_to_usual_recipe']:.2f}"] for k, v in search.items()]
        out += "\n" + markdown_table(("zoeken (vector klaar)", "p50 ms", "p95 ms", "× recept"), rows)
    for key, title in (("build", "index bouwen"), ("start", "starten")):
        if key in result:
            flat: dict[str, Any] = {}
            for name, value in result[key].items():
                flat |= {f"{name}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {name: value}
            out += "\n" + markdown_table((title, ""), [[k, str(v)] for k, v in flat.items()])
    if load := result.get("load"):
        from eval.load import load_markdown

        out += "\n" + load_markdown(load)
    if growth := result.get("growth"):
        rows = [
            [
                f"{p['passages']} {p['chroma']}",
                f"{p['build_s']:.1f}",
                f"{p['build_passages_per_s']:.0f}",
                *(f"{p[m]['p50_ms']:.2f} / {p[m]['p95_ms']:.2f}" for m in ("bm25", "dense", "full", "filtered", "baseline_matrix_product")),
                f"{p['first_search_s']:.2f}",
                f"{p['peak_memory_mib']:.0f}" + (f" + {p['server_memory_mib']:.0f}" if "server_memory_mib" in p else ""),
                f"{p['disk_mib']:.0f}",
            ]
            for p in growth
        ]
        header = ("passages", "bouwen s", "per s", "bm25 p50/p95", "dense", "full", "in één document", "matrixproduct", "eerste zoek s", "piek MiB", "schijf MiB")
        out += "\n" + markdown_table(header, rows)
    return out
