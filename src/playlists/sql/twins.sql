-- How many fewer names there would be if case did not matter.
SELECT
  (SELECT count(DISTINCT artist) - count(DISTINCT lower(artist)) FROM titles) AS artists,
  (SELECT count(*) - count(DISTINCT lower(track_id)) FROM track_index) AS tracks
