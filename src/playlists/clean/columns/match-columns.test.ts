/** Which column is which, for the headers that exports and data sets have. */
import { describe, expect, it } from "vitest";
import type { SegueError } from "../../../system/index.js";
import { parseColumnMapping } from "./column-mapping.js";
import { matchColumns, spareTime } from "./match-columns.js";

/** The names that were found, in the order user_id, artist, track, playlist. */
function match(header: string, mapping?: string): Array<string | undefined> {
  const names = header.split(",");
  const at = matchColumns(names, mapping === undefined ? undefined : parseColumnMapping(mapping), "a.csv");
  return [at.user_id, at.artist, at.track, at.playlist].map((index) => names[index]);
}

function refusal(header: string, mapping?: string): SegueError {
  try {
    match(header, mapping);
  } catch (error) {
    return error as SegueError;
  }
  throw new Error(`${header} was accepted`);
}

describe("matchColumns", () => {
  it.each([
    ["artist,track,playlist", undefined, "artist", "track", "playlist"],
    ["user_id,artistname,trackname,playlistname", "user_id", "artistname", "trackname", "playlistname"],
    ["row_id,user_id,artist,track,playlist", "user_id", "artist", "track", "playlist"],
    // TuneMyMusic.
    [
      "Track name,Artist name,Album,Playlist name,Type,ISRC",
      undefined,
      "Artist name",
      "Track name",
      "Playlist name",
    ],
    // Exportify, with a column of one's own for the playlist.
    [
      "Track URI,Track Name,Album Name,Artist Name(s),Album Artist Name(s),Added By,Playlist",
      undefined,
      "Artist Name(s)",
      "Track Name",
      "Playlist",
    ],
    // Exportify as it writes a playlist, in both of its forms: the file alone says which.
    [
      "Track URI,Track Name,Artist URI(s),Artist Name(s),Album URI,Album Name,Album Artist URI(s),Album Artist Name(s),Album Release Date,Album Image URL,Disc Number,Track Number,Track Duration (ms),Track Preview URL,Explicit,Popularity,ISRC,Added By,Added At",
      undefined,
      "Artist Name(s)",
      "Track Name",
      undefined,
    ],
    [
      "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,Explicit,Added By,Added At,Genres,Record Label,Danceability,Energy,Key,Loudness,Mode,Speechiness,Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature",
      undefined,
      "Artist Name(s)",
      "Track Name",
      undefined,
    ],
    // Exporters of Last.fm's plays; the last names the listener in its header.
    [
      "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid",
      undefined,
      "artist",
      "track",
      undefined,
    ],
    ["user,artist,album,track,date", "user", "artist", "track", undefined],
    ["Artist,Album,AlbumId,Track,Date#someone", undefined, "Artist", "Track", undefined],
    // "30000 Spotify Songs" on Kaggle.
    [
      "track_id,track_name,track_artist,track_album_name,playlist_name,playlist_id,playlist_genre",
      "playlist_id",
      "track_artist",
      "track_name",
      "playlist_name",
    ],
    // The Million Playlist Dataset as a table, with and without the playlists' names.
    ["pid,pos,artist_name,track_uri,track_name,album_name", undefined, "artist_name", "track_name", "pid"],
    ["pid,playlist-name,artist-name,track-name", "pid", "artist-name", "track-name", "playlist-name"],
    // Apple Music where it speaks German and French, and a radio's log.
    ["Name,Künstler,Komponist,Album,Zeit,Hinzugefügt am", undefined, "Künstler", "Name", undefined],
    ["Nom,Artiste,Compositeur,Album,Durée", undefined, "Artiste", "Nom", undefined],
    ["Datum/Uhrzeit,Sendung,Interpret,Titel,Länge", undefined, "Interpret", "Titel", undefined],
    [
      "Usuario,Artista,Canción,Lista de reproducción",
      "Usuario",
      "Artista",
      "Canción",
      "Lista de reproducción",
    ],
    ["Data,Artista,Titolo,Playlist", undefined, "Artista", "Titolo", "Playlist"],
    ["Artista,Música,Álbum", undefined, "Artista", "Música", undefined],
    ["Nummer,Artiest,Titel,Afspeellijst,Naam", undefined, "Artiest", "Titel", "Afspeellijst"],
    // What English says comes first.
    ["Titel,Track,Artist,Interpret", undefined, "Artist", "Track", undefined],
    ["USER-ID,playlist_id,Playlist,ARTIST,Song Title", "USER-ID", "ARTIST", "Song Title", "Playlist"],
    ["title,artist,playlist,username", "username", "artist", "title", "playlist"],
    ["track,title,artist,playlist,user,username", "user", "artist", "track", "playlist"],
  ])("finds the columns in %s", (header, ...found) => {
    expect(match(header)).toEqual(found);
  });

  it("uses the mapping, and finds the other columns by name", () => {
    expect(match("by,song,list,owner", "artist=by,playlist=list")).toEqual([undefined, "by", "song", "list"]);
    expect(match("artist,artistname,track,playlist", "artist=artistname")[1]).toBe("artistname");
    expect(match("user,artist,track,playlist,mood", "playlist=mood")).toEqual([
      "user",
      "artist",
      "track",
      "mood",
    ]);
    expect(match("artist,track,playlist_id,playlist", "playlist=playlist_id")).toEqual([
      undefined,
      "artist",
      "track",
      "playlist_id",
    ]);
  });

  it("uses the file as the playlist if mapped so, unless a column has that name", () => {
    expect(match("artist,track,playlist,mood", "playlist=filename")[3]).toBeUndefined();
    expect(match("artist,track,plylist", "playlist=filename")[3]).toBeUndefined();
    expect(match("artist,track,playlist,filename", "playlist=filename")[3]).toBe("filename");
  });

  it("does without an artist if mapped so, unless a column has that name", () => {
    expect(match("playlist_id,track_id", "track=track_id,artist=none")).toEqual([
      undefined,
      undefined,
      "track_id",
      "playlist_id",
    ]);
    expect(match("none,track,playlist", "artist=none")[1]).toBe("none");
  });

  it.each(["Plylist", "Play-list Nmae", "playlist_de", "list", "playlst title"])(
    "does not use the file as the playlist if the column %s may name it",
    (column) => {
      expect(refusal(`user,artist,track,${column}`)).toMatchObject({
        exitCode: 2,
        message: `a.csv: cannot tell whether the playlist is in the column "${column}"`,
        hint: expect.stringMatching(
          `--columns "playlist=${column}"; if each .* --columns "playlist=filename"$`,
        ),
      });
      expect(match(`user,artist,track,${column}`, `playlist=${column}`)[3]).toBe(column);
    },
  );

  it.each(["Datum/Uhrzeit", "Datum", "Fecha y hora", "Data e hora", "Date et heure", "Tijdstip"])(
    "finds the time in %s if needed",
    (name) => {
      const names = ["nr", name, "artist", "track"];
      expect(matchColumns(names, undefined, "a.csv").time).toBe(-1);
      expect(matchColumns(names, undefined, "a.csv", { needsTime: true }).time).toBe(1);
    },
  );

  it.each([
    ["Datum,Uhrzeit,Interpret,Titel", 0, 1],
    ["Heure,Date,Artiste,Titre", 1, 0],
    ["Fecha,Hora,Artista,Canción", 0, 1],
    ["Datum/Uhrzeit,Uhrzeit,Interpret,Titel", 0, -1],
    ["Datum,Uhrzeit,Sendezeit,Interpret,Titel", 0, -1],
    ["Date,Time,Listeners,Track,Artist", 0, 1],
    ["Datum,Zeit,Interpret,Titel", 0, 1],
    ["Datum,Uhrzeit,Zeit,Interpret,Titel", 0, 1],
    ["Date,Start Time,End Time,Artist,Title", 0, 1],
    ["Start Time,End Time,Artist,Title", 0, -1],
    ["start time,end time,playtime,artist,name", 0, -1],
    // How long a track is.
    ["date_played,Time,Artist,Title", 0, -1],
  ])("finds the clock for a date in another column: %s", (header, time, clock) => {
    const names = header.split(",");
    expect(matchColumns(names, undefined, "a.csv")).toMatchObject({ time: -1, clock: -1 });
    expect(matchColumns(names, undefined, "a.csv", { needsTime: true })).toMatchObject({ time, clock });
    const mapping = parseColumnMapping(`time=${names[time]}`);
    expect(matchColumns(names, mapping, "a.csv")).toMatchObject({ time, clock: -1 });
    const spare = clock < 0 ? names[time] : `${names[time]}+${names[clock]}`;
    expect(spareTime(names, matchColumns(names, undefined, "a.csv"))).toBe(spare);
  });

  it("also refuses to choose between two columns of one language", () => {
    expect(refusal("Interpret,Künstler,Titel").message).toBe(
      'a.csv: artist could be any of the columns "Interpret", "Künstler"',
    );
  });

  it("says why a column called time is not taken for one, as misuse, since a resumed run would fail again", () => {
    const named = (time: string) => {
      try {
        return matchColumns([time, "artist", "title"], undefined, "a.csv", { needsTime: true });
      } catch (error) {
        return error;
      }
    };
    expect(named("Zeit")).toMatchObject({
      exitCode: 2,
      message: 'a.csv: found the columns "Zeit", "artist", "title"; missing: time',
      hint: `say which column is which with a mapping, such as --columns "time=Zeit"; "Zeit" alone may also be the length of a track`,
    });
    expect(named("moment of air time")).toMatchObject({ hint: expect.not.stringContaining("length") });
  });

  it("suggests a mapping from the columns it found", () => {
    expect(refusal("owner,by,song,list")).toMatchObject({
      code: "wrong-columns",
      message: 'a.csv: found the columns "owner", "by", "song", "list"; missing: artist',
      hint: `say which column is which with a mapping, such as --columns "artist=…,track=song,playlist=list"; artist=none if tracks need none; artist=song,track=song if song is "Artist - Title"`,
    });
    expect(refusal("user,by,song,date").hint).toContain(
      '--columns "artist=…,track=song,playlist=…,user_id=user"; without playlist=… each file is one playlist',
    );
    expect(refusal("playlist_uri,track_uri,artist_uri,added_at").hint).toContain(
      '--columns "artist=artist_uri,track=track_uri,playlist=playlist_uri";',
    );
    expect(refusal("artist,track_uri,track_number").hint).toContain('"artist=artist,track=…,');
    expect(refusal("artist,track,playlist", "playlist=mood").message).toMatch(/missing: "mood"$/);
    expect(refusal("artist,track,playlist", "user_id=me")).toMatchObject({
      message: expect.stringMatching(/missing: "me"$/),
      hint: expect.stringContaining("playlist=playlist,user_id=…"),
    });
    expect(refusal("by,song,list,date,clock", "artist=bi,playlist=List,time=date+clock").hint).toContain(
      '"artist=by,track=song,playlist=list,time=date+clock"',
    );
  });

  it.each([
    ["Air Date,Air Time,Cart,Artist,Title,Runtime", "time=Air Date+Air Time"],
    ["Tx Date,Duration,Tx Time,Artist,Title", "time=Tx Date+Tx Time"],
    ["Date de diffusion,Heure de diffusion,Artiste,Titre", "time=Date de diffusion+Heure de diffusion"],
    ["aired date,start,until,artist,track", "time=aired date+start"],
    ["EVENT_DATETIME,ARTIST,TITLE,CHECK_TIME", "time=EVENT_DATETIME"],
    ["Release Date,Length,Spin Date,Artist,Song", "time=Spin Date"],
    ["Date Added,Length,Artist,Song", "time=…"],
    ["Run Time,Artist,Song", "time=…"],
  ])("suggests a mapping for the missing time: %s", (header, proposal) => {
    const missed = (mapping?: string) => {
      try {
        matchColumns(
          header.split(","),
          mapping === undefined ? undefined : parseColumnMapping(mapping),
          "a",
          {
            needsTime: true,
          },
        );
      } catch (error) {
        return (error as SegueError).hint;
      }
    };
    expect(missed()).toBe(`say which column is which with a mapping, such as --columns "${proposal}"`);
    expect(missed("artist=none,playlist=filename")).toContain(
      `--columns "artist=none,playlist=filename,${proposal}"`,
    );
  });

  it("refuses to choose between two columns", () => {
    expect(refusal("artist,artistname,track,playlist")).toMatchObject({
      exitCode: 2,
      message: 'a.csv: artist could be any of the columns "artist", "artistname"',
      hint: 'say which with a mapping: --columns "artist=artist"',
    });
    for (const mapping of [undefined, "artist=artist"])
      expect(refusal("artist,artist,track,playlist", mapping)).toMatchObject({
        exitCode: 2,
        message: 'a.csv: 2 columns are called "artist"',
        hint: "rename all but one of them",
      });
    expect(refusal("by,track,playlist", "track=by,playlist=by")).toMatchObject({
      exitCode: 2,
      message: 'the mapping gives the column "by" to both track and playlist',
    });
  });
});

it.each([
  ["artist", 'not a column mapping: "artist"'],
  ["artist=", 'not a column mapping: "artist="'],
  ["artist=a,", 'not a column mapping: ""'],
  ["artst=a", 'no field "artst"', 'did you mean "artist=a"?'],
  ["album=a", 'no field "album"', "user_id, artist, track, playlist, time"],
  ["artist=a,track=b,artist=c", 'two columns for artist: "a" and "c"'],
])("refuses the mapping %j", (mapping, message, hint = "") => {
  const refused = refusal("a,b,c", mapping);
  expect(refused.message).toContain(message);
  expect(refused.hint).toContain(hint);
  expect(refused.exitCode).toBe(2);
});

it("accepts a column name that contains =", () => {
  expect(parseColumnMapping("artist=a=b, track = c")).toEqual({ artist: "a=b", track: "c" });
});
