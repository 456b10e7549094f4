-- The playlists of a dataset in the order of its rows, each list as one JSON text: that comes over faster than its strings one by one.
SELECT
  playlist_id,
  playlist,
  to_json(track_sequence)::VARCHAR AS tracks,
  to_json(artist_sequence)::VARCHAR AS artists
FROM {{source}}
