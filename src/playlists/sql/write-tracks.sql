-- Every track of the sequences, most played first. One id may stand for two songs ("A-B" by "C", "A" by "B-C"): then the
-- artist that it is played with most often is its artist.
COPY (
  WITH plays_of AS (
    SELECT unnest(track_sequence) AS track_id, unnest(artist_sequence) AS artist
    FROM {{sequences}}
  ), by_artist AS (
    SELECT track_id, artist, count(*) AS plays
    FROM plays_of
    GROUP BY track_id, artist
  )
  SELECT
    track_id,
    min({fewest: -plays, artist: artist}).artist AS artist,
    sum(plays)::BIGINT AS count
  FROM by_artist
  GROUP BY track_id
  ORDER BY count DESC, track_id
) TO {{output}} (FORMAT parquet, COMPRESSION zstd)
