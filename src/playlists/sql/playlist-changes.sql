-- How often the playlist changes from one play of a listener to the next.
SELECT
  count(*) AS plays,
  count(DISTINCT (user_id, playlist)) AS playlists,
  count(CASE WHEN playlist <> before THEN 1 END) AS changes
FROM (
  SELECT user_id, playlist, lag(playlist) OVER (PARTITION BY user_id ORDER BY {{in_order}}) AS before
  FROM read_parquet({{parts}})
  WHERE {{accepted}} AND {{wanted}}
)
