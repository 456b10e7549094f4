-- Playlists as sequences, in the order in which they first appear. The part a playlist falls in depends on its id and the
-- seed alone, so it stays there whatever else is added: 70 % train, 20 % validation, 10 % test.
-- md5 and not hash(): it must give the same parts in every version of DuckDB.
CREATE TEMP TABLE sequences AS
WITH grouped AS (
  SELECT
    playlist_id,
    min(row_id) AS first_row,
    arg_min(user_id, row_id) AS user_id,
    arg_min(playlist, row_id) AS playlist,
    list(artist ORDER BY row_id) AS artist_sequence,
    list(track_id ORDER BY row_id) AS track_sequence
  FROM plays
  GROUP BY playlist_id
), placed AS (
  SELECT
    *,
    md5_number_lower(concat({{seed}}, ':', playlist_id))::DOUBLE / 18446744073709551616 AS place
  FROM grouped
  WHERE len(track_sequence) >= {{min_tracks}}
)
SELECT
  playlist_id,
  user_id,
  playlist,
  artist_sequence,
  track_sequence,
  CASE WHEN place < 0.7 THEN 'train' WHEN place < 0.9 THEN 'validation' ELSE 'test' END AS part
FROM placed
ORDER BY first_row
