-- The playlists of one batch as sequences, in order of row_id. Lists of structs are sorted, since list(… ORDER BY …) would set up
-- one sort per playlist, at tens of kilobytes each.
{{into}} (
  WITH gathered AS (
    SELECT
      i.playlist_id,
      any_value(i.number) AS number,
      any_value(i.part) AS part,
      any_value(i.user_id) AS user_id,
      any_value(i.playlist) AS playlist,
      list_sort(list({row_id: p.row_id, artist: p.artist, track_id: p.track_id})) AS plays
    FROM plays p
    JOIN playlist_index i ON i.playlist_id = p.playlist_id
    -- In most files the rows of a playlist are close together, so only this range needs to be read.
    WHERE p.row_id BETWEEN {{first_row}} AND {{last_row}} AND i.batch = {{batch}} AND i.part IS NOT NULL
    GROUP BY i.playlist_id
  )
  SELECT
    part,
    playlist_id,
    user_id,
    playlist,
    list_transform(plays, lambda play: play.artist) AS artist_sequence,
    list_transform(plays, lambda play: play.track_id) AS track_sequence
  FROM gathered
  ORDER BY number
) {{options}}
