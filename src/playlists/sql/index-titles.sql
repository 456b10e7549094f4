-- The distinct titles of each artist, with track id and plays: queries about ids then scan a few million rows instead of every play.
CREATE TABLE titles AS
SELECT
  artist,
  title,
  {{song}} AS song,
  concat_ws('-', artist, song) AS track_id,
  plays
FROM (SELECT artist, title, count(*) AS plays FROM plays GROUP BY artist, title)
