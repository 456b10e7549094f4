-- The files (by the row_id of their first row) that have the newest plays first.
WITH files AS (
  SELECT unnest({{first_rows}}::BIGINT[]) AS first_row
),
plays AS (
  SELECT row_id, user_id, {{played}} AS played
  FROM {{parts}}
  WHERE {{accepted}}
),
listeners AS (
  SELECT first_row, user_id, covar_pop(row_id, played) AS rise
  FROM plays ASOF JOIN files ON row_id >= first_row
  GROUP BY first_row, user_id
)
SELECT first_row AS first
FROM listeners
GROUP BY first_row
HAVING sum(rise) < 0
ORDER BY first_row
