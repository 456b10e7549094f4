SELECT
  count(DISTINCT concat_ws('-', artist, title)) AS "tracksBefore",
  count(DISTINCT track_id) AS "tracksAfter",
  coalesce(sum(plays) FILTER (WHERE song <> title), 0)::BIGINT AS rows
FROM titles
