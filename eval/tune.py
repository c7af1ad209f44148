"""Tune the bundled language model on questions about this subject: ``python -m eval.tune``.

The model is small and of four bits. What is learned are the scales of its blocks of numbers, its biases and
the weights of its layer norms (some seven hundred thousand values of twenty-one million), so the package's
own engine runs the result, and the vocabulary and the numbers themselves are never changed.

Every question is put next to a text that answers it, and away from what is answered in the other questions
of its batch (the contrastive loss of bi-encoders). A batch is made of groups of neighbouring statements,
because telling those apart is what is hard. A near-miss, a question of the same subject without an answer,
is put away from all of them. A follow-up is put with the questions before it. Learned from are the near-misses
and conversations of ``eval/training``, the views and the questions of statements; ``paren.jsonl`` and the
question sets are not, so that ``eval.fit`` and ``eval run`` measure it on questions that it has not seen.
An hour on two cores; after it, the vectors are made again (``maatwerkwijzer index vectors``) and the weights
fitted again (``python -m eval.fit``).
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import Tensor, nn
from torch.nn import functional

from corpus.store import Corpus, load_corpus
from eval.fit import near_misses, pairs, passage_of, turns
from index import tuning
from index.embedding import clean
from index.keys import Key, keys
from index.modelfile import ModelFile, load, numbers

MATRICES = {"q": False, "k": False, "v": False, "ao": False, "fi": False, "fo": True}
"""The matrices of a layer; True: its columns are those of the inner layer."""
NORMS = ("aln", "oln")
TEMPERATURE = 0.02
GROUPS, SIZE = 12, 8
"""A batch: so many groups of so many neighbouring statements, with a question each."""
NEIGHBOURS = 16
SCALE_RATE, OTHER_RATE = 8e-4, 3e-4
QUESTION_TOKENS, TEXT_TOKENS, PART_TOKENS = 80, 88, 1_600
MISSPELT = 0.15


class Encoder(nn.Module):
    """The bundled model in torch, in which the scales, biases and norms can be learned.

    A matrix is its whole numbers times its scales times one plus what was learned.
    """

    def __init__(self, model: ModelFile) -> None:
        super().__init__()
        self.model = model
        vocabulary = model.vocabulary
        self.tokenizer = Tokenizer(models.Unigram(list(zip(vocabulary.pieces, vocabulary.scores.tolist(), strict=True)), unk_id=vocabulary.unknown))
        self.tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
        self.positions = _tensor(model.floats("emb.pos")).view(-1, model.hidden)
        self.kind = _tensor(model.floats("emb.type"))[: model.hidden]
        self.norm = _tensor(model.floats("emb.ln.w")), _tensor(model.floats("emb.ln.b"))
        self.fixed: dict[str, Tensor] = {}
        self.learned = nn.ParameterDict()
        for layer in range(model.layers):
            for name, inner in MATRICES.items():
                blocks = model.blocks(f"l{layer}.{name}.w", model.inner if inner else model.hidden)
                self.fixed[f"{layer} {name}"] = _tensor(numbers(blocks) * blocks["scale"].astype(np.float32)[..., None])
                self.learned[f"{layer} {name} scale"] = nn.Parameter(torch.zeros(blocks.shape))
                self.learned[f"{layer} {name} b"] = nn.Parameter(_tensor(model.floats(f"l{layer}.{name}.b")))
            for name in NORMS:
                for part in "wb":
                    self.learned[f"{layer} {name} {part}"] = nn.Parameter(_tensor(model.floats(f"l{layer}.{name}.{part}")))

    def tokens(self, text: str, prefix: str) -> list[int]:
        """The numbers of a text's pieces, with e5's prefix, as the engine makes them."""
        text = "".join(self.model.vocabulary.normalised.get(c, c) for c in f"{prefix}: {clean(text)}")
        return list(self.tokenizer.encode(re.sub(" {2,}", " ", text)).ids)

    def _linear(self, layer: int, name: str, x: Tensor) -> Tensor:
        matrix = self.fixed[f"{layer} {name}"] * (1 + self.learned[f"{layer} {name} scale"])[..., None]
        return functional.linear(x, matrix.flatten(1), self.learned[f"{layer} {name} b"])

    def _normalise(self, layer: int, name: str, x: Tensor) -> Tensor:
        own = self.learned[f"{layer} {name} w"], self.learned[f"{layer} {name} b"]
        return functional.layer_norm(x.float(), (self.model.hidden,), *own, self.model.epsilon)

    def forward(self, sequences: Sequence[Sequence[int]]) -> Tensor:
        """Unit vectors of token sequences, shape (n, hidden)."""
        vocabulary = self.model.vocabulary
        length = max(map(len, sequences)) + 2
        ids = np.full((len(sequences), length), vocabulary.pad)
        for row, own in zip(ids, sequences, strict=True):
            row[: len(own) + 2] = [vocabulary.begin, *own, vocabulary.end]
        mask = torch.from_numpy(np.arange(length)[None] < np.array([len(s) + 2 for s in sequences])[:, None])
        used, place = np.unique(ids, return_inverse=True)
        blocks = self.model.blocks("emb.word", self.model.hidden)[used]
        words = _tensor(numbers(blocks) * blocks["scale"].astype(np.float32)[..., None]).flatten(1)
        x = words[torch.from_numpy(place.reshape(ids.shape))] + self.positions[:length] + self.kind
        x = functional.layer_norm(x, (self.model.hidden,), *self.norm, self.model.epsilon)

        def heads(a: Tensor) -> Tensor:
            return a.view(len(sequences), length, self.model.heads, -1).transpose(1, 2)

        for layer in range(self.model.layers):
            q, k, v = (heads(self._linear(layer, name, x)) for name in "qkv")
            mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :]).transpose(1, 2).flatten(2)
            x = self._normalise(layer, "aln", x + self._linear(layer, "ao", mixed))
            inner = functional.gelu(self._linear(layer, "fi", x))
            x = self._normalise(layer, "oln", x + self._linear(layer, "fo", inner))
        weight = mask[..., None].float()
        return functional.normalize((x.float() * weight).sum(1) / weight.sum(1), dim=-1)

    def encode(self, sequences: Sequence[Sequence[int]]) -> Tensor:
        """Unit vectors of sequences of very different lengths, in bfloat16, a part at a time; shape (n, hidden)."""
        order = sorted(range(len(sequences)), key=lambda i: len(sequences[i]))
        parts, at = [], 0
        with torch.autocast("cpu", dtype=torch.bfloat16):
            while at < len(order):
                end = at + 1
                while end < len(order) and (end - at + 1) * (len(sequences[order[end]]) + 2) <= PART_TOKENS:
                    end += 1
                parts.append(self([sequences[i] for i in order[at:end]]))
                at = end
        return torch.cat(parts)[torch.tensor(np.argsort(order))]

    def tensors(self) -> dict[str, np.ndarray]:
        """What was learned, by the names that :mod:`index.tuning` keeps it under."""
        out = {}
        for key, value in self.learned.items():
            layer, name, part = key.split()
            own = value.detach().numpy()
            if part == "scale":
                blocks = self.model.blocks(f"l{layer}.{name}.w", own.shape[1] * 32)
                out[f"l{layer}.{name}.w{tuning.SCALES}"] = blocks["scale"].astype(np.float32) * (1 + own)
            else:
                out[f"l{layer}.{name}.{part}"] = own
        return out


def _tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.array(values, dtype=np.float32))


@dataclass(frozen=True)
class Example:
    """A question to learn from: its text, the statements that answer it (none: a view of a passage), its own key if it is one."""

    text: str
    language: str
    statements: tuple[str, ...]
    passage: str
    key: Key | None = None


class Material:
    """What there is to learn from, by statement, and which statements are neighbours."""

    def __init__(self, corpus: Corpus, seed: int) -> None:
        self.random = random.Random(seed)
        self.of_statement: dict[str, dict[str, list[Key]]] = defaultdict(lambda: defaultdict(list))
        self.of_passage: dict[str, dict[str, list[Key]]] = defaultdict(lambda: defaultdict(list))
        everything = list(keys(corpus))
        for key in everything:
            self.of_passage[key.passage][key.kind].append(key)
            if key.ref:
                self.of_statement[key.ref][key.kind].append(key)
        self.statements = list(self.of_statement)
        self.row = {s: n for n, s in enumerate(self.statements)}
        inside = defaultdict(list)
        for statement in self.statements:
            inside[passage_of(statement)].append(statement)
        self.examples: list[list[Example]] = [[] for _ in self.statements]
        self.near_misses: list[list[tuple[str, str]]] = [[] for _ in self.statements]
        for key in everything:
            if key.kind == "question":
                self._add(Example(key.text, key.language, (key.ref,), key.passage, key), key.ref)
            elif key.kind == "view" and inside[key.passage]:
                own = inside[key.passage]
                self._add(Example(key.text, key.language, tuple(own) if len(own) == 1 else (), key.passage, key), self.random.choice(own))
        for row in (*near_misses(), *turns(kept_apart=False)):
            if row["statements"]:
                self._add(Example(row["question"], row["language"], tuple(row["statements"]), passage_of(row["statements"][0])), row["statements"][0])
            elif row["near"]:
                self.near_misses[self.row[row["near"]]].append((row["question"], row["language"]))
        self._left = [list(own) for own in self.examples]

    def _add(self, example: Example, statement: str) -> None:
        self.examples[self.row[statement]].append(example)

    def draw(self, statement: int) -> Example | None:
        """A question of a statement, another one each time until all have had their turn."""
        if not self._left[statement]:
            self._left[statement] = list(self.examples[statement])
        left = self._left[statement]
        return left.pop(self.random.randrange(len(left))) if left else None

    def target(self, example: Example) -> Key:
        """A text that answers the question: a statement, another question that it answers, or the passage."""
        chance = self.random.random()
        passage = self.of_passage[example.passage]
        if not example.statements:
            others = [k for k in passage["view"] if k is not example.key]
            return self.random.choice(others) if others and chance < 0.6 else passage["passage"][0]
        if chance > 0.88:
            return passage["passage"][0]
        own = self.of_statement[self.random.choice(example.statements)]
        languages = ("nl", example.language)
        others = [k for k in own["question"] if k is not example.key and k.language in languages]
        if chance > 0.55 and others:
            return self.random.choice(others)
        return self.random.choice([k for k in own["statement"] if k.language in languages])


def misspell(text: str, chance: random.Random) -> str:
    """The text as somebody in a hurry types it: small letters, and a letter lost, doubled or swapped, or a space lost."""
    out = list(text.lower())
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(1, max(2, len(out) - 2))
        kind = chance.randrange(4)
        if at + 1 >= len(out) or (kind and not (out[at].isalpha() and out[at + 1].isalpha())):
            continue
        if kind == 0:
            spaces = [n for n, c in enumerate(out) if c == " "]
            if spaces:
                del out[chance.choice(spaces)]
        elif kind == 1:
            del out[at]
        elif kind == 2:
            out.insert(at, out[at])
        else:
            out[at], out[at + 1] = out[at + 1], out[at]
    return "".join(out)


def loss(questions: Tensor, texts: Tensor, examples: Sequence[Example], targets: Sequence[Key]) -> Tensor:
    """Contrastive loss in both directions; ``questions`` has those of the examples first, then near-misses, which nothing answers.

    Two items of one statement are both right; of one passage without knowing the statement, they are neither right nor wrong.
    """
    n = len(examples)
    right, unknown = torch.eye(n, dtype=torch.bool), torch.zeros(n, n, dtype=torch.bool)
    for i, example in enumerate(examples):
        for j, key in enumerate(targets):
            if i == j:
                continue
            if key.ref and example.statements:
                right[i, j] = key.ref in example.statements
            else:
                unknown[i, j] = key.passage == example.passage or key.passage in map(passage_of, example.statements)
    scores = questions @ texts.T / TEMPERATURE
    known = scores[:n].masked_fill(unknown, -1e4)
    forth = torch.logsumexp(known, 1) - torch.logsumexp(known.masked_fill(~right, -1e4), 1)
    back = torch.logsumexp(torch.cat([known, scores[n:]]), 0) - torch.logsumexp(known.masked_fill(~right, -1e4), 0)
    return forth.mean() + back.mean()


def tune(encoder: Encoder, material: Material, passes: float, seed: int, say: Callable[[str], None]) -> None:
    """Learn; ``passes``: how often every question is seen, about. Says the loss and, now and then, how it does on ``paren.jsonl``."""
    texts = [next(k for k in material.of_statement[s]["statement"] if k.language == "nl") for s in material.statements]
    sequences: dict[tuple[str, str], list[int]] = {}

    def tokens(text: str, prefix: str, most: int) -> list[int]:
        if (text, prefix) not in sequences:
            sequences[text, prefix] = encoder.tokens(text, prefix)
        return sequences[text, prefix][:most]

    statement_tokens = [tokens(k.text, k.prefix, TEXT_TOKENS) for k in texts]
    with torch.no_grad():
        start = encoder.encode(statement_tokens).numpy()
    start = start - start.mean(axis=0)
    start /= np.linalg.norm(start, axis=1, keepdims=True)
    neighbours = np.argsort(-(start @ start.T), axis=1)[:, 1 : NEIGHBOURS + 1]
    count = np.array([len(own) for own in material.examples], dtype=float)
    steps = int(passes * count.sum() / (GROUPS * SIZE))
    generator = np.random.default_rng(seed)
    groups = [
        {"params": [p for n, p in encoder.learned.items() if n.endswith("scale")], "lr": SCALE_RATE, "weight_decay": 0.01},
        {"params": [p for n, p in encoder.learned.items() if not n.endswith("scale")], "lr": OTHER_RATE, "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda n: min((n + 1) / 30, max(0.02, (steps - n) / max(1, steps - 30))))
    total = 0.0
    say(
        f"{int(count.sum())} questions, {sum(map(len, material.near_misses))} near-misses, {len(texts)} statements, {steps} steps; start: {held_out(encoder, material, statement_tokens)}"
    )
    for step in range(1, steps + 1):
        examples: list[Example] = []
        near: list[tuple[str, str]] = []
        seen: set[int] = set()
        for seed_row in generator.choice(len(texts), size=GROUPS, p=count / count.sum(), replace=False):
            found = 0
            for row in (int(seed_row), *map(int, generator.permutation(neighbours[seed_row]))):
                example = None if row in seen else material.draw(row)
                if example is None:
                    continue
                seen.add(row)
                examples.append(example)
                if material.near_misses[row]:
                    near.append(material.random.choice(material.near_misses[row]))
                found += 1
                if found == SIZE:
                    break
        targets = [material.target(e) for e in examples]
        asked = [
            encoder.tokens(misspell(text, material.random), "query")[:QUESTION_TOKENS]
            if language == "nl" and material.random.random() < MISSPELT
            else tokens(text, "query", QUESTION_TOKENS)
            for text, language in [(e.text, e.language) for e in examples] + near
        ]
        vectors = encoder.encode(asked + [tokens(k.text, k.prefix, TEXT_TOKENS) for k in targets])
        value = loss(vectors[: len(asked)], vectors[len(asked) :], examples, targets)
        optimiser.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        total += float(value.detach())
        if step % 20 == 0:
            say(f"{step}/{steps} loss {total / 20:.3f}")
            total = 0.0
        if step % 200 == 0 or step == steps:
            say(f"{step}/{steps} {held_out(encoder, material, statement_tokens)}")


def held_out(encoder: Encoder, material: Material, statement_tokens: Sequence[Sequence[int]]) -> str:
    """How often the right statement is the nearest, or among the nearest five: of every third question of ``paren.jsonl``, and of follow-ups kept apart."""
    with torch.no_grad():
        texts = encoder.encode(statement_tokens)
    follow_ups = [r for r in turns(kept_apart=True) if r["statements"] and r["in_context"]]
    return "; ".join(
        f"{name} {_places(encoder, material, texts, rows)}"
        for name, rows in (("held out", [r for r in pairs() if r["statements"]][::3]), ("follow-ups", follow_ups))
    )


def _places(encoder: Encoder, material: Material, texts: Tensor, rows: Sequence[dict]) -> str:
    with torch.no_grad():
        asked = encoder.encode([encoder.tokens(r["question"], "query")[:QUESTION_TOKENS] for r in rows])
    mean = texts.mean(0)
    best = (functional.normalize(asked - mean) @ functional.normalize(texts - mean).T).topk(5).indices.tolist()
    places = [[material.statements[n] in r["statements"] for n in own] for r, own in zip(rows, best, strict=True)]
    return f"n={len(rows)} hit@1={np.mean([p[0] for p in places]):.3f} hit@5={np.mean([any(p) for p in places]):.3f}"


def main() -> None:
    """Tune and write ``index/tuned.npz``."""
    parser = argparse.ArgumentParser(description="Tune the bundled language model on the practice questions.")
    parser.add_argument("--passes", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=tuning.PATH)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    encoder = Encoder(load())
    tune(encoder, Material(load_corpus(), options.seed), options.passes, options.seed, lambda line: print(line, flush=True))
    tuning.write(encoder.tensors(), options.out)


if __name__ == "__main__":
    main()
