-- Copies a Parquet input, with the column names of the master table; row_id continues after the previous input. Unusable rows get a
-- reason and their original text. Most names have no surrounding spaces: checking their first and last character takes a tenth of
-- the time of trimming.
COPY (
  WITH fields AS (
    SELECT
      file_row_number AS place,
      {{user_id}}::VARCHAR AS user_id,
      {{artist}}::VARCHAR AS artist,
      {{track}}::VARCHAR AS track,
      {{playlist}}::VARCHAR AS playlist,
      {{time}} AS time
    FROM read_parquet({{path}}, file_row_number = true)
  ),
  tidied AS (
    SELECT
      place,
      time,
      {user_id: user_id, artist: artist, track: track, playlist: playlist} AS raw,
      {{tidy_user_id}} AS user_id,
      {{tidy_artist}} AS artist,
      {{tidy_track}} AS track,
      {{tidy_playlist}} AS playlist
    FROM fields
  ),
  judged AS (
    SELECT
      *,
      CASE
        WHEN {{user_is_wanted}} AND user_id = '' THEN 'empty user_id'
        WHEN {{artist_is_wanted}} AND artist = '' THEN 'empty artist'
        WHEN track = '' THEN 'empty track'
        WHEN playlist = '' THEN 'empty playlist'
        WHEN contains(user_id, chr(0)) OR contains(artist, chr(0)) OR contains(track, chr(0)) OR contains(playlist, chr(0))
          THEN 'NUL byte'
        WHEN {{time_is_wanted}} AND time IS NULL THEN 'not a time'
      END AS reason
    FROM tidied
  )
  SELECT
    place + {{first_row_id}} AS row_id,
    user_id,
    artist,
    track,
    playlist,
    time,
    reason,
    reason IS NULL AND (raw.user_id <> user_id OR raw.artist <> artist OR raw.track <> track OR raw.playlist <> playlist) AS is_tidied,
    CASE WHEN reason IS NOT NULL THEN to_json(raw)::VARCHAR END AS text
  FROM judged
) TO {{part}} (FORMAT parquet)
