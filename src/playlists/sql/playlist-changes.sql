-- How often the playlist changes between consecutive plays of a listener.
SELECT
  count(*) AS plays,
  count(DISTINCT (user_id, playlist)) AS playlists,
  count(CASE WHEN playlist <> before THEN 1 END) AS changes
FROM (
  SELECT user_id, playlist, lag(playlist) OVER (PARTITION BY user_id ORDER BY {{in_order}}) AS before
  FROM {{parts}}
  WHERE {{accepted}} AND {{wanted}}
)
