-- Every track with a number, in any order. An id is ambiguous where it stands for more than one thing, because the dash that joins its
-- parts may also stand in them; it is split where its plays do not all name the same artist, or one at all.
CREATE TABLE track_index AS
SELECT
  track_id,
  min(artist) AS artist,
  coalesce(min(artist) <> max(artist), false) AS is_ambiguous,
  is_ambiguous OR count(artist) NOT IN (0, count(*)) AS is_split,
  (row_number() OVER () - 1)::UINTEGER AS track
FROM titles
GROUP BY track_id
