-- Playlists of five or more tracks with the same tracks as an earlier one, each as often, in any order. Shorter ones may coincide by
-- chance.
CREATE TABLE copies AS
WITH lists AS (
  SELECT playlist + 1 AS kept, sum(hash(track)) AS tracks
  FROM numbered_plays
  GROUP BY playlist
  HAVING count(*) >= 5
),
alike AS (
  SELECT kept, min(kept) OVER (PARTITION BY tracks) AS first
  FROM lists
)
SELECT copy.number, first.number AS first
FROM alike
JOIN playlist_index copy ON copy.kept = alike.kept AND copy.part IS NOT NULL
JOIN playlist_index first ON first.kept = alike.first AND first.part IS NOT NULL
WHERE alike.first < alike.kept;
-- Copies go into the part of the first one, since a test on playlists of the training part would reward memorising. They stay where
-- they are if a part would be empty otherwise.
UPDATE playlist_index
SET part = first.part
FROM copies
JOIN playlist_index first ON first.number = copies.first
WHERE
  playlist_index.number = copies.number
  AND 3 = (SELECT count(DISTINCT part) FROM playlist_index WHERE number NOT IN (SELECT number FROM copies))
