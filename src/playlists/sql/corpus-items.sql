-- Every track of a dataset at its place in the order of all playlists, and the tracks numbered by first appearance.
-- Of several files, in the order of their names.
CREATE TEMP TABLE playlists AS
SELECT
  (row_number() OVER (ORDER BY filename, file_row_number) - 1)::INTEGER AS number,
  playlist_id AS id,
  playlist AS title,
  track_sequence AS sequence,
  artist_sequence AS artists,
  sum(len(sequence)) OVER (ORDER BY filename, file_row_number) - len(sequence) AS begin
FROM read_parquet({{source}}, file_row_number = true, filename = true);

CREATE TEMP TABLE items AS
SELECT
  (begin + unnest(range(len(sequence))))::INTEGER AS place,
  unnest(sequence) AS track,
  unnest(artists) AS artist
FROM playlists;

CREATE TEMP TABLE vocabulary AS
SELECT
  track,
  artist,
  (row_number() OVER (ORDER BY first_place) - 1)::INTEGER AS number
FROM (
  SELECT track, min(place) AS first_place, arg_min(artist, place) AS artist
  FROM items
  GROUP BY track
)
