-- The song of a version: "Song (feat. X) - Radio Edit" and "Song - Remastered 2011" become "Song". Live takes, remixes and covers
-- are other recordings and stay separate. A title that consists only of such words is unchanged.
CREATE MACRO without_guests(title) AS
  regexp_replace(
    regexp_replace(title, '\s*[\(\[](feat\.?|ft\.?|featuring|with) [^\)\]]*[\)\]]', '', 'gi'),
    '\s+(feat\.|ft\.|featuring) .*?( - |$)', '\2', 'i');

CREATE MACRO without_version(title) AS
  regexp_replace(
    title,
    '(\s*(- |[\(\[])\s*('
    || 'radio (edit|mix|version)|single (edit|mix|version)|album (edit|mix|version)|original (mix|version)|'
    || '((\d{4} )?(digital(ly)? )?remaster(ed)?|remaster(ed)?( in)? \d{4}|(\d{4} )?(digital(ly)? )?remaster(ed)? version)( \d{4})?|'
    || '(mono|stereo|explicit|clean)( version)?|bonus track'
    || ')\s*[\)\]]?)+\s*$', '', 'i');

CREATE MACRO song_of(title) AS
  coalesce(nullif(trim(without_version(without_guests(title))), ''), title);
