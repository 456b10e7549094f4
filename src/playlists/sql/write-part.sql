-- track_test_x is all but the last track, track_test_y the last. Row groups are small because a row holds a whole playlist.
COPY (
  SELECT
    playlist_id,
    user_id,
    playlist,
    artist_sequence,
    track_sequence,
    track_sequence[:-2] AS track_test_x,
    track_sequence[-1] AS track_test_y
  FROM {{sequences}}
  WHERE {{which}}
) TO {{output}} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 8192)
