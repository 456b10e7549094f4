-- All playlists, in order of first appearance. A playlist's part depends only on its id and the seed, so adding others does not
-- move it: 70 % train, 20 % validation, 10 % test; NULL if it is too short.
-- md5 instead of hash(), so that every version of DuckDB gives the same parts.
CREATE TABLE playlist_index AS
WITH grouped AS (
  SELECT
    playlist_id,
    min(row_id) AS first_row,
    max(row_id) AS last_row,
    arg_min(user_id, row_id) AS user_id,
    arg_min(playlist, row_id) AS playlist,
    count(*) AS rows,
    coalesce(min(user_id) <> max(user_id), false) AS is_ambiguous,
    md5_number_lower(concat({{seed}}, ':', playlist_id))::DOUBLE / 18446744073709551616 AS place
  FROM plays
  GROUP BY playlist_id
)
SELECT
  playlist_id,
  user_id,
  playlist,
  rows,
  is_ambiguous,
  first_row,
  last_row,
  CASE
    WHEN rows < {{min_tracks}} THEN NULL
    WHEN place < 0.7 THEN 'train'
    WHEN place < 0.9 THEN 'validation'
    ELSE 'test'
  END AS part,
  row_number() OVER (ORDER BY first_row) AS number,
  -- The number among the kept playlists, or among the dropped ones.
  row_number() OVER (PARTITION BY rows < {{min_tracks}} ORDER BY first_row) AS kept,
  -- Sequences are made batch by batch, so that the lists of one batch fit into memory.
  (sum(rows) OVER (ORDER BY first_row) // {{rows_per_batch}})::INTEGER AS batch
FROM grouped
