-- Every title of every artist once, with the id of its track and how often it is played: what is asked of ids is asked of a few million
-- of these, and not of every play.
CREATE TABLE titles AS
SELECT
  artist,
  title,
  {{song}} AS song,
  concat_ws('-', artist, song) AS track_id,
  plays
FROM (SELECT artist, title, count(*) AS plays FROM plays GROUP BY artist, title)
