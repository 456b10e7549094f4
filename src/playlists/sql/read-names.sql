-- Each track's id, the number of its artist (0: none), and its own number, by which they are ordered.
SELECT
  t.track_id,
  coalesce(a.number, 0)::UINTEGER AS artist,
  t.{{number}}::UINTEGER AS track
FROM {{tracks}} t
LEFT JOIN named_artists a ON a.artist = t.artist
ORDER BY track
