-- The tracks of the sequences, numbered from 0 in any order. If an id stands for two songs ("A-B" by "C", "A" by "B-C"), its
-- artist is the one with most plays.
CREATE OR REPLACE TEMP TABLE numbered_tracks AS
WITH plays_of AS (
  SELECT unnest(track_sequence) AS track_id, unnest(artist_sequence) AS artist
  FROM {{sequences}}
), by_artist AS (
  SELECT track_id, artist, count(*) AS plays
  FROM plays_of
  GROUP BY track_id, artist
)
SELECT
  row_number() OVER () - 1 AS number,
  track_id,
  min({fewest: -plays, artist: artist}).artist AS artist
FROM by_artist
GROUP BY track_id
