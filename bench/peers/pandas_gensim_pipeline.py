"""The main job as it is done today with pandas and gensim: read the raw CSV, make playlists, split them, train the
grid, keep the best by hit ratio@k on the validation part, test it. Prints one JSON object.

    python3 bench/peers/pandas_gensim_pipeline.py playlists.csv.gz [--sg 1] [--k 100] [--threads 2] [--min-counts 3,5,10]
"""
import argparse
import json
import random
import time

import pandas as pd
from gensim.models import Word2Vec

parser = argparse.ArgumentParser()
parser.add_argument("input")
parser.add_argument("--sg", type=int, default=1)
parser.add_argument("--k", type=int, default=100)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--epochs", type=int, default=30)
parser.add_argument("--min-counts", default="3,5,10")
parser.add_argument("--seed", type=int, default=42)
options = parser.parse_args()
started = time.time()
timings = {}


def lap(name):
    timings[name] = round(time.time() - started - sum(timings.values()), 2)


rows = pd.read_csv(
    options.input, escapechar="\\", skipinitialspace=True, header=0, dtype=str, keep_default_na=False,
    names=["user_id", "artist", "track", "playlist"], on_bad_lines="skip",
)
lap("read")
rows["playlist_id"] = rows["user_id"] + "-" + rows["playlist"]
rows["track_id"] = rows["artist"] + "-" + rows["track"]
sequences = rows.groupby("playlist_id", sort=False)["track_id"].apply(list)
sequences = [tracks for tracks in sequences if len(tracks) >= 3]
random.Random(options.seed).shuffle(sequences)
cut, cut2 = int(len(sequences) * 0.7), int(len(sequences) * 0.9)
train, validation, test = sequences[:cut], sequences[cut:cut2], sequences[cut2:]
lap("prepare")


def hit_ratio(model, part):
    vectors, hits = model.wv, 0
    for tracks in part:
        query, target = tracks[-2], tracks[-1]
        if query in vectors.key_to_index:
            answer = [track for track, _ in vectors.most_similar(positive=[query], topn=options.k)]
        else:
            answer = random.sample(vectors.index_to_key, min(options.k, len(vectors.index_to_key)))
        hits += target in answer
    return hits / len(part)


best, grid = None, []
for min_count in map(int, options.min_counts.split(",")):
    model = Word2Vec(
        sentences=train, vector_size=48, window=10, min_count=min_count, epochs=options.epochs, ns_exponent=0.75,
        sg=options.sg, workers=options.threads, seed=options.seed,
    )
    score = hit_ratio(model, validation)
    grid.append({"min_count": min_count, "hit_ratio": score})
    if best is None or score > best[0]:
        best = (score, model)
lap("train_and_validate")
test_hit_ratio = hit_ratio(best[1], test)
lap("test")
print(json.dumps({
    "rows": len(rows), "playlists": len(sequences), "grid": grid, "validation_hit_ratio": best[0],
    "test_hit_ratio": test_hit_ratio, "seconds": round(time.time() - started, 2), "timings": timings,
}))
