-- How much there is, before playlists that are too short are dropped. An id is ambiguous where it stands for more than one
-- thing, because the dash that joins its parts may also stand in them.
WITH track_ids AS (
  SELECT track_id, count(artist) > 1 AS is_ambiguous
  FROM (SELECT DISTINCT track_id, artist FROM plays)
  GROUP BY track_id
)
SELECT
  (SELECT sum(rows)::BIGINT FROM playlist_index) AS rows,
  (SELECT count(*) FROM (SELECT DISTINCT user_id FROM plays WHERE user_id IS NOT NULL)) AS users,
  (SELECT count(*) FROM (SELECT DISTINCT artist FROM plays WHERE artist IS NOT NULL)) AS artists,
  (SELECT count(*) FROM track_ids) AS tracks,
  (SELECT count(*) FROM playlist_index) AS playlists,
  (SELECT count(*) FILTER (WHERE is_ambiguous) FROM track_ids) AS "ambiguousTracks",
  (SELECT count(*) FILTER (WHERE is_ambiguous) FROM playlist_index) AS "ambiguousPlaylists"
