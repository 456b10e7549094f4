-- The master table from the parts: of theirs, the accepted rows. An empty user_id or artist is one that the input does not have.
COPY (
  SELECT
    row_id,
    nullif(user_id, '') AS user_id,
    nullif(artist, '') AS artist,
    track,
    playlist
  FROM read_parquet({{parts}})
  WHERE {{accepted}} AND {{wanted}} AND {{kept}}
  {{in_order}}
) TO {{output}} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)
