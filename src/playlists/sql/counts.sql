-- Totals before short playlists are dropped.
SELECT
  (SELECT sum(rows)::BIGINT FROM playlist_index) AS rows,
  (SELECT count(DISTINCT user_id) FROM plays) AS users,
  (SELECT count(DISTINCT artist) FROM titles) AS artists,
  (SELECT count(*) FROM track_index) AS tracks,
  (SELECT count(*) FROM playlist_index) AS playlists,
  (SELECT count(*) FILTER (WHERE is_ambiguous) FROM track_index) AS "ambiguousTracks",
  (SELECT count(*) FILTER (WHERE is_ambiguous) FROM playlist_index) AS "ambiguousPlaylists"
