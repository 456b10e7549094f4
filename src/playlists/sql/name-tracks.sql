-- The tracks of the kept playlists, with their plays. If an id stands for two songs ("A-B" by "C", "A" by "B-C"), its artist is the
-- one with most plays.
CREATE TABLE artists_of_split AS
SELECT track, min({fewest: -plays, artist: artist}).artist AS artist
FROM (
  SELECT t.track, p.artist, count(*) AS plays
  FROM plays p
  JOIN playlist_index i ON i.playlist_id = p.playlist_id
  JOIN track_index t ON t.track_id = p.track_id
  WHERE t.is_split AND i.part IS NOT NULL
  GROUP BY t.track, p.artist
)
GROUP BY track;

CREATE TABLE track_counts AS
SELECT track, count(*) AS count
FROM numbered_plays
GROUP BY track;

CREATE VIEW named_tracks AS
SELECT
  t.track,
  t.track_id,
  CASE WHEN t.is_split THEN s.artist ELSE t.artist END AS artist,
  c.count
FROM track_index t
JOIN track_counts c ON c.track = t.track
LEFT JOIN artists_of_split s ON s.track = t.track
