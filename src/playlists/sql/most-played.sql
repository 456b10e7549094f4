-- The artists with most plays in a master table, or titles where there is no artist; names that differ in capitals alone are one. How
-- many titles each has, and in how many playlists it is: only of the few at the top is more than the plays counted.
WITH top AS (
  SELECT lower(coalesce(artist, track)) AS folded, count(*) AS plays
  FROM read_parquet({{master}})
  GROUP BY folded
  ORDER BY plays DESC, folded
  LIMIT {{most}}
)
SELECT
  min(coalesce(artist, track)) AS name,
  any_value(top.plays) AS plays,
  count(DISTINCT track) AS titles,
  count(DISTINCT (user_id, playlist)) AS playlists
FROM read_parquet({{master}}) rows
JOIN top ON top.folded = lower(coalesce(rows.artist, rows.track))
GROUP BY folded
ORDER BY plays DESC, folded
