-- The distinct artists of tracks, numbered from 1 in any order, so that each name is transferred once instead of with every track.
CREATE OR REPLACE TEMP TABLE named_artists AS
SELECT artist, (row_number() OVER ())::UINTEGER AS number
FROM (SELECT DISTINCT artist FROM {{tracks}} WHERE artist IS NOT NULL)
