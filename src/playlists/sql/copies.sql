-- Playlists that hold the same tracks as an earlier one, each as often, in whatever order. Fewer than five may come together by chance.
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
-- They go where the first one is: asked about in the test, what is in training would be known by heart. Not where hardly any two
-- playlists differ, so that a part would be empty.
UPDATE playlist_index
SET part = first.part
FROM copies
JOIN playlist_index first ON first.number = copies.first
WHERE
  playlist_index.number = copies.number
  AND 3 = (SELECT count(DISTINCT part) FROM playlist_index WHERE number NOT IN (SELECT number FROM copies))
