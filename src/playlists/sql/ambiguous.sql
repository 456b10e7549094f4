-- Ids that stand for more than one thing, because the dash that joins their parts may also stand in them.
SELECT
  (SELECT count(*) FROM (
    SELECT track_id FROM plays GROUP BY track_id HAVING count(DISTINCT coalesce(artist, '')) > 1
  )) AS tracks,
  (SELECT count(*) FROM (
    SELECT playlist_id FROM plays GROUP BY playlist_id HAVING count(DISTINCT coalesce(user_id, '')) > 1
  )) AS playlists
