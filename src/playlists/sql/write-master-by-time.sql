-- As write-master, in order of time: rows are numbered anew by when they were played, those of one moment by their place. With a
-- gap (milliseconds) a playlist begins anew after each pause that is longer, and with a length at each multiple of that; it has its
-- beginning in its name. (Beginnings
-- are counted by CASE: FILTER in a window takes time by the square of one listener's plays.)
COPY (
  WITH plays AS (
    SELECT {{place}} AS place, user_id, artist, track, playlist, {{played}} AS played
    FROM read_parquet({{parts}})
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
