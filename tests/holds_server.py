"""A whole server over a small set of documents: ``holds_server.py BUNDLE HOME SECONDS``, the address goes to standard error.

SECONDS is how often it looks at its home. The process that builds an index for it starts this file again,
under another name, and so has the same documents.
"""

import sys
from pathlib import Path

import corpus.added
import corpus.store

corpus.store.BUNDLED = corpus.added.BUNDLED = Path(sys.argv[1])  # type: ignore[misc]

if __name__ == "__main__":
    import assistant.api.follow
    import assistant.web.serve
    from assistant.factory import make_assistant
    from assistant.settings import Settings

    seconds = float(sys.argv[3])
    follower = assistant.api.follow.Follower
    assistant.web.serve.Follower = lambda service: follower(service, seconds)  # type: ignore[assignment, misc]
    assistant.web.serve.serve(make_assistant(Settings(home=Path(sys.argv[2]), embedding="hash", port=0, rate_per_minute=10_000)))
