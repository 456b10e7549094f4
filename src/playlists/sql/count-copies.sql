SELECT
  count(*) AS playlists,
  arg_min(copy.playlist_id, copy.number) AS copy,
  arg_min(first.playlist_id, copy.number) AS original,
  count(*) FILTER (copy.part <> first.part) AS apart
FROM copies
JOIN playlist_index copy ON copy.number = copies.number
JOIN playlist_index first ON first.number = copies.first
