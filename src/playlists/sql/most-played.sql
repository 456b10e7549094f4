-- The most played artists of a master table, or titles where there is no artist, with their numbers of titles and playlists, which
-- are counted only for these few. Names that differ only in case are one.
WITH top AS (
  SELECT lower(coalesce(artist, track)) AS folded, count(*) AS plays
  FROM {{master}}
  GROUP BY folded
  ORDER BY plays DESC, folded
  LIMIT {{most}}
)
SELECT
  min(coalesce(artist, track)) AS name,
  any_value(top.plays) AS plays,
  count(DISTINCT track) AS titles,
  count(DISTINCT (user_id, playlist)) AS playlists
FROM {{master}} rows
JOIN top ON top.folded = lower(coalesce(rows.artist, rows.track))
GROUP BY folded
ORDER BY plays DESC, folded
