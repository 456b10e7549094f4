-- One row a play, with the ids that everything after this uses. Where the data has no user or artist (NULL), concat_ws
-- leaves it out together with its dash.
CREATE {{kind}} plays AS
SELECT
  row_id,
  user_id,
  playlist,
  artist,
  track AS title,
  {{song}} AS song,
  concat_ws('-', user_id, playlist) AS playlist_id,
  concat_ws('-', artist, song) AS track_id
FROM {{master}}
WHERE {{sampled}}
