-- All tracks, numbered in any order. An id is ambiguous if it has several artists, because the dash that joins its parts may also
-- be within them. It is split if its plays have several artists, or some have none.
CREATE TABLE track_index AS
SELECT
  track_id,
  min(artist) AS artist,
  coalesce(min(artist) <> max(artist), false) AS is_ambiguous,
  is_ambiguous OR count(artist) NOT IN (0, count(*)) AS is_split,
  (row_number() OVER () - 1)::UINTEGER AS track
FROM titles
GROUP BY track_id
