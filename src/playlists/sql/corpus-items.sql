-- Every track of a dataset at its place in the order of all playlists, and the tracks numbered by first appearance.
-- Of several files, in the order of their names. Tracks are told apart by their md5, so that neither grouping nor joining has to
-- carry their names along; a name is fetched once, from where its track appears first.
CREATE TEMP TABLE playlists AS
SELECT
  filename,
  file_row_number,
  (row_number() OVER (ORDER BY filename, file_row_number) - 1)::INTEGER AS number,
  playlist_id AS id,
  playlist AS title,
  length,
  sum(length) OVER (ORDER BY filename, file_row_number) - length AS begin
FROM (
  SELECT filename, file_row_number, playlist_id, playlist, len(track_sequence) AS length
  FROM read_parquet({{source}}, file_row_number = true, filename = true)
);

CREATE TEMP VIEW plays_in_order AS
SELECT (begin + nth - 1)::INTEGER AS place, track, artist
FROM (
  SELECT
    p.begin,
    generate_subscripts(s.track_sequence, 1) AS nth,
    unnest(s.track_sequence) AS track,
    unnest(s.artist_sequence) AS artist
  FROM read_parquet({{source}}, file_row_number = true, filename = true) s
  JOIN playlists p ON p.filename = s.filename AND p.file_row_number = s.file_row_number
);

CREATE TEMP TABLE items AS
SELECT place, md5_number(track) AS key
FROM plays_in_order;

CREATE TEMP TABLE vocabulary AS
SELECT key, first_place, (row_number() OVER (ORDER BY first_place) - 1)::INTEGER AS number
FROM (
  SELECT key, min(place) AS first_place
  FROM items
  GROUP BY key
);

CREATE TEMP TABLE names AS
SELECT v.number, p.track, p.artist
FROM plays_in_order p
JOIN vocabulary v ON v.first_place = p.place
