-- Merges names that differ only in case into the most played spelling: of artists, and of songs within each artist. The table
-- spellings holds the other spellings; the view spelled_plays holds the plays with merged names.
CREATE TABLE spellings AS
WITH names AS (
  SELECT artist, track, lower(artist) AS artist_folded, {{song}} AS song, count(*) AS plays
  FROM {{master}}
  GROUP BY artist, track
),
artists AS (
  SELECT artist, first_value(artist) OVER (PARTITION BY lower(artist) ORDER BY sum(plays) DESC, artist) AS usual
  FROM names
  GROUP BY artist
),
songs AS (
  SELECT
    artist_folded,
    song,
    first_value(song) OVER (PARTITION BY artist_folded, lower(song) ORDER BY sum(plays) DESC, song) AS usual
  FROM names
  GROUP BY artist_folded, song
)
SELECT
  n.artist,
  n.track,
  n.plays,
  a.usual AS usual_artist,
  CASE WHEN n.song = s.usual THEN n.track ELSE s.usual END AS usual_track
FROM names n
JOIN artists a ON a.artist IS NOT DISTINCT FROM n.artist
JOIN songs s ON s.artist_folded IS NOT DISTINCT FROM n.artist_folded AND s.song = n.song
WHERE n.song <> s.usual OR n.artist <> a.usual;

CREATE VIEW spelled_plays AS
SELECT m.* REPLACE (coalesce(s.usual_artist, m.artist) AS artist, coalesce(s.usual_track, m.track) AS track)
FROM {{master}} m
LEFT JOIN spellings s ON s.track = m.track AND s.artist IS NOT DISTINCT FROM m.artist
