"""The process that the tests kill: ``holds_child.py BUNDLE HOME DIE_AT ACTION [ARGUMENTS]``.

It imports what it needs, says ``ready``, waits for a line, and does one thing. With DIE_AT = n it kills
itself (SIGKILL) just before its n-th operation on a file below HOME; it ends by saying how many there were.
"""

import os
import signal
import sys
from pathlib import Path

import chromadb  # noqa: F401

import corpus.added
import corpus.store
from corpus.added import add, remove
from corpus.errors import MaatwerkwijzerError
from corpus.metadata import MetaOptions
from corpus.store import load_corpus
from index.build import _write_atomic, build, root
from index.embedding import make_embeddings
from index.open import open_index

bundle, home, die_at, action, arguments = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:]
corpus.store.BUNDLED = corpus.added.BUNDLED = bundle  # type: ignore[misc]
CHANGES = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "sqlite3.connect", "shutil.rmtree")
count = 0


def watch(event: str, values: tuple[object, ...]) -> None:
    global count
    if event in CHANGES and values and isinstance(values[0], str | bytes | os.PathLike) and os.fsdecode(values[0]).startswith(str(home)):
        count += 1
        if count == die_at:
            os.kill(os.getpid(), signal.SIGKILL)


def act() -> None:
    embeddings = make_embeddings("hash")
    if action == "build":
        build(load_corpus(home), embeddings, home, arguments[0] if arguments else "")
    elif action == "add":
        add(home, Path(arguments[0]), MetaOptions(id="nota"), replace=True)
    elif action == "remove":
        remove(home, "nota")
    elif action == "swap":
        # Nothing but the swap, between two whole indexes, until somebody kills this process.
        while True:
            for name in arguments:
                _write_atomic(root(home) / "current", name)
    elif action == "open":
        retriever = open_index(load_corpus(home), embeddings, home)
        print("found", retriever.search("premie voor begeleiding", 1)[0].passage.id)
    elif action == "read":
        # As a reader does while builders are at work: open the live index again and again, and search it.
        known = load_corpus(home)
        for _ in range(int(arguments[0])):
            assert open_index(known, embeddings, home).search("premie voor begeleiding", 3)
    else:
        raise SystemExit(f"unknown action {action}")


print("ready", flush=True)
sys.stdin.readline()
sys.addaudithook(watch)
try:
    act()
except MaatwerkwijzerError as error:
    print(f"error {error}", flush=True)
    sys.exit(1)
print(f"done {count}", flush=True)
os._exit(0)
