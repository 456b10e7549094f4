-- The playlists of one batch as sequences, in the order of row_id.
COPY (
  SELECT
    any_value(i.part) AS part,
    i.playlist_id,
    any_value(i.user_id) AS user_id,
    any_value(i.playlist) AS playlist,
    list(p.artist ORDER BY p.row_id) AS artist_sequence,
    list(p.track_id ORDER BY p.row_id) AS track_sequence
  FROM plays p
  JOIN playlist_index i ON i.playlist_id = p.playlist_id
  WHERE i.batch = {{batch}} AND i.part IS NOT NULL
  GROUP BY i.playlist_id
  ORDER BY any_value(i.number)
) TO {{output}} (FORMAT parquet, ROW_GROUP_SIZE 8192)
