"""Reading and preparing playlists with pandas: the raw CSV to sequences in memory. Prints one JSON object.

    python3 bench/peers/pandas_clean_prepare.py playlists.csv.gz
"""
import json
import resource
import sys
import time

import pandas as pd

started = time.time()
rows = pd.read_csv(
    sys.argv[1], escapechar="\\", skipinitialspace=True, header=0, dtype=str, keep_default_na=False,
    names=["user_id", "artist", "track", "playlist"], on_bad_lines="skip",
)
read = time.time()
rows["playlist_id"] = rows["user_id"] + "-" + rows["playlist"]
rows["track_id"] = rows["artist"] + "-" + rows["track"]
counts = {name: int(rows[name].nunique()) for name in ["user_id", "artist", "track_id", "playlist_id"]}
sequences = rows.groupby("playlist_id", sort=False)["track_id"].apply(list)
sequences = sequences[sequences.map(len) >= 3]
done = time.time()
print(json.dumps({
    "rows": len(rows), "playlists": len(sequences), "tracks": counts["track_id"], "clean_seconds": read - started,
    "prepare_seconds": done - read, "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
}))
