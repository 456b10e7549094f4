-- Writes the accepted rows of the parts as the master table. An empty user_id or artist means that the input has none.
COPY (
  SELECT
    row_id,
    nullif(user_id, '') AS user_id,
    nullif(artist, '') AS artist,
    track,
    playlist
  FROM {{parts}}
  WHERE {{accepted}} AND {{wanted}} AND {{kept}}
  {{in_order}}
) TO {{output}} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)
