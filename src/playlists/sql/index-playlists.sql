-- Every playlist, in the order in which they first appear. The part that one falls in depends on its id and the seed alone,
-- so it stays there whatever else is added: 70 % train, 20 % validation, 10 % test; none for those that are too short.
-- md5 and not hash(): it must give the same parts in every version of DuckDB.
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
  -- The number among those that are kept, or among those that are not.
  row_number() OVER (PARTITION BY rows < {{min_tracks}} ORDER BY first_row) AS kept,
  -- Sequences are put together batch by batch, so that the lists of one batch fit into memory.
  (sum(rows) OVER (ORDER BY first_row) // {{rows_per_batch}})::INTEGER AS batch
FROM grouped
