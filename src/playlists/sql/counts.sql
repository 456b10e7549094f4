-- How much there is, before playlists that are too short are dropped.
SELECT
  count(*) AS rows,
  count(DISTINCT user_id) AS users,
  count(DISTINCT artist) AS artists,
  count(DISTINCT track_id) AS tracks,
  count(DISTINCT playlist_id) AS playlists
FROM plays
