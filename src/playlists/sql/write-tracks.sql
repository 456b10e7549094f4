-- The tracks of the sequences, most played first.
COPY (
  SELECT track_id, artist, count
  FROM named_tracks
  ORDER BY count DESC, track_id
) TO {{output}} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)
