-- Every track of the sequences, most played first.
COPY (SELECT track_id, artist, count FROM numbered_tracks ORDER BY number) TO {{output}} (FORMAT parquet, COMPRESSION zstd)
