-- The artists of tracks, each once, numbered from 1 in any order: a name is handed over once, and not with every track.
CREATE OR REPLACE TEMP TABLE named_artists AS
SELECT artist, (row_number() OVER ())::UINTEGER AS number
FROM (SELECT DISTINCT artist FROM {{tracks}} WHERE artist IS NOT NULL)
