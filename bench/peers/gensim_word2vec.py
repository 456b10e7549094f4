"""gensim's Word2Vec on JSON lines of sequences: words per second (vocabulary and training) and hit ratio@100 by the base protocol.

Arguments: train file, queries file, sg, epochs, workers, seed. Prints one JSON object.
"""
import json
import sys
import time

import numpy
from gensim.models import Word2Vec

train, queries, sg, epochs, workers, seed = sys.argv[1:3] + [int(a) for a in sys.argv[3:]]
with open(train) as file:
    sequences = [json.loads(line)["tracks"] for line in file]
words = sum(map(len, sequences))
began = time.perf_counter()
model = Word2Vec(
    sequences, sg=sg, vector_size=48, window=10, negative=5, min_count=3, epochs=epochs, workers=workers, seed=seed
)
seconds = time.perf_counter() - began
vectors = model.wv
units = vectors.get_normed_vectors()
with open(queries) as file:
    asked = [json.loads(line) for line in file]
known = [(vectors.key_to_index.get(q["context"][-1]), vectors.key_to_index.get(q["next"])) for q in asked]
known = numpy.array([pair for pair in known if None not in pair])
hits = 0
for start in range(0, len(known), 500):
    rows, targets = known[start : start + 500].T
    scores = units[rows] @ units.T
    scores[numpy.arange(len(rows)), rows] = -9
    hits += int(((scores > scores[numpy.arange(len(rows)), targets][:, None]).sum(axis=1) < 100).sum())
print(json.dumps({"words_per_second": words * epochs / seconds, "seconds": seconds, "hit_ratio": hits / len(asked)}))
