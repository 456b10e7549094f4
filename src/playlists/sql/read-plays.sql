-- All plays, in any order, as three numbers from 0: playlist, position in it, and track.
SELECT
  (playlist - 1)::UINTEGER AS playlist,
  (place - 1)::UINTEGER AS place,
  t.number::UINTEGER AS track
FROM (
  SELECT
    row_number() OVER () AS playlist,
    generate_subscripts(track_sequence, 1) AS place,
    unnest(track_sequence) AS track_id
  FROM {{source}}
)
JOIN numbered_tracks t USING (track_id)
