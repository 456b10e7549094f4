-- Like write-master, but ordered and numbered by time, and by place for equal times. With a gap (milliseconds), a new playlist starts
-- after each longer pause, and with a length also at each multiple of it; its start is part of its name. (Starts are counted by CASE,
-- since FILTER in a window takes quadratic time in one listener's plays.)
COPY (
  WITH plays AS (
    SELECT {{place}} AS place, user_id, artist, track, playlist, {{played}} AS played
    FROM {{parts}}
    WHERE {{accepted}} AND {{wanted}}
  ),
  pauses AS (
    SELECT
      *,
      coalesce(played - before > {{gap}}, false)
        OR coalesce(floor(played / {{length}}) <> floor(before / {{length}}), false) AS begins
    FROM (SELECT *, lag(played) OVER (PARTITION BY user_id, playlist ORDER BY played, place) AS before FROM plays)
  ),
  sittings AS (
    SELECT *, count(CASE WHEN begins THEN 1 END) OVER (PARTITION BY user_id, playlist ORDER BY played, place ROWS UNBOUNDED PRECEDING) AS sitting
    FROM pauses
  ),
  named AS (
    SELECT
      place, played, user_id, artist, track,
      CASE
        WHEN {{gap}} IS NULL THEN playlist
        ELSE playlist || strftime(
          make_timestamp_ms(min(played) OVER (PARTITION BY user_id, playlist, sitting)), ' %Y-%m-%d %H:%M'
        )
      END AS playlist
    FROM sittings
  )
  SELECT
    row_number() OVER (ORDER BY played, place) - 1 AS row_id,
    nullif(user_id, '') AS user_id,
    nullif(artist, '') AS artist,
    track,
    playlist
  FROM named
  WHERE {{kept}}
  ORDER BY played, place
) TO {{output}} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)
