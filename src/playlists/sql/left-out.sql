-- The plays of each of the given names; names that differ only in case are one.
WITH given AS (
  SELECT lower(name) AS folded, first(name ORDER BY place) AS name, min(place) AS place
  FROM (SELECT name, row_number() OVER () AS place FROM (VALUES {{given}}) AS names (name))
  GROUP BY folded
),
played AS (
  SELECT {{whose}} AS folded, count(*) AS plays
  FROM {{parts}}
  WHERE {{accepted}}
  GROUP BY folded
)
SELECT given.name, coalesce(played.plays, 0) AS plays
FROM given
LEFT JOIN played USING (folded)
ORDER BY plays DESC, given.place
