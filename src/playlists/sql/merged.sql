SELECT
  count(DISTINCT concat_ws('-', artist, title)) AS "tracksBefore",
  count(DISTINCT track_id) AS "tracksAfter",
  count(*) FILTER (WHERE song <> title) AS rows
FROM plays
