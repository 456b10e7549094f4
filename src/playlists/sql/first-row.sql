SELECT row_id, user_id, artist, playlist, playlist_id, track_id
FROM plays
ORDER BY row_id
LIMIT 1
