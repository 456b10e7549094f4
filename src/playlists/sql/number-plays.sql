-- The plays of the kept playlists as three numbers: playlist, row relative to the playlist's first one, and track.
CREATE TABLE numbered_plays AS
WITH numbered_titles AS (
  SELECT t.artist, t.title, i.track
  FROM titles t
  JOIN track_index i ON i.track_id = t.track_id
)
SELECT
  (i.kept - 1)::UINTEGER AS playlist,
  (p.row_id - i.first_row)::UINTEGER AS place,
  t.track
FROM plays p
JOIN playlist_index i ON i.playlist_id = p.playlist_id
JOIN numbered_titles t ON t.title = p.title AND t.artist IS NOT DISTINCT FROM p.artist
WHERE i.part IS NOT NULL
