/** Which column is which, for the headers that exports and data sets have. */
import { describe, expect, it } from "vitest";
import type { SegueError } from "../../system/index.js";
import { matchColumns, parseColumnMapping } from "./match-columns.js";

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
    ["USER-ID,playlist_id,Playlist,ARTIST,Song Title", "USER-ID", "ARTIST", "Song Title", "Playlist"],
    ["title,artist,playlist,username", "username", "artist", "title", "playlist"],
    ["track,title,artist,playlist,user,username", "user", "artist", "track", "playlist"],
  ])("finds them in %s", (header, ...found) => {
    expect(match(header)).toEqual(found);
  });

  it("lets a mapping say what it will, and looks for the rest", () => {
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

  it("proposes a mapping of what it found", () => {
    expect(refusal("owner,by,song,list")).toMatchObject({
      code: "wrong-columns",
      message: 'a.csv: found the columns "owner", "by", "song", "list", wanted also artist, playlist',
      hint: expect.stringContaining('--columns "artist=…,track=song,playlist=…"'),
    });
    // Last.fm: one listener's plays, in no playlists.
    expect(refusal("user,artist,album,track,date").hint).toContain(
      '--columns "artist=artist,track=track,playlist=…,user_id=user"',
    );
    expect(refusal("artist,track,playlist", "user_id=me")).toMatchObject({
      message: expect.stringMatching(/wanted also "me"$/),
      hint: expect.stringContaining("playlist=playlist,user_id=…"),
    });
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
    expect(refusal("by,track,playlist", "artist=by,track=by")).toMatchObject({
      exitCode: 2,
      message: 'the mapping gives the column "by" to both artist and track',
    });
  });
});
