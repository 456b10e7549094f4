-- One row per play, with the ids that all later steps use. concat_ws omits a NULL user or artist together with its dash.
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
