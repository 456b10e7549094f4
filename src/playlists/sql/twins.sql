-- How many more names there are for differing from another in capitals alone.
SELECT
  (SELECT count(DISTINCT artist) - count(DISTINCT lower(artist)) FROM titles) AS artists,
  (SELECT count(*) - count(DISTINCT lower(track_id)) FROM track_index) AS tracks
