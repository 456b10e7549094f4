/** Which column of a CSV or Parquet file holds which field: by a mapping, else by the names that such files usually have. */
import { closest, misuse, quoted, SegueError } from "../../system/index.js";
import { type FieldName, fieldNames } from "./row-writer.js";

/** What a column may hold: the fields of a row, and when it was played. */
type MappedName = FieldName | "time";
const mappedNames: readonly MappedName[] = [...fieldNames, "time"];

/**
 * Names the columns of the file: `{ artist: "performer", track: "song", playlist: "list", user_id: "owner", time: "played_at" }`. A day
 * and a clock that stand in two columns are `time: "date+clock"`.
 */
export type ColumnMapping = Readonly<Partial<Record<MappedName, string>>>;

/** The column of each field, -1 where it has none; "clock" is the second one of a time. */
type FoundColumns = Readonly<Record<MappedName | "clock", number>>;

// The long history of what a listener has streamed, as Spotify gives it.
const streamedArtist = "mastermetadataalbumartistname";
const streamedTrack = "mastermetadatatrackname";
// What a listener has played, as ListenBrainz gives it: an object in each play.
const listenedArtist = "trackmetadataartistname";
const listenedTrack = "trackmetadatatrackname";

/**
 * Folded spellings, in ranks: a later one counts where no earlier one is there. Among the files they come from: the
 * #nowplaying data, Exportify ("Track Name", "Artist Name(s)"), TuneMyMusic ("Track name", "Playlist name"), Apple Music ("Name",
 * "Artist"), the exporters of Last.fm's plays ("artist", "track"), "30000 Spotify Songs" on Kaggle (track_artist, playlist_name,
 * playlist_id), the Million Playlist Dataset as a table (pid, artist_name). Behind the English ones stand those of German, French,
 * Spanish, Italian, Portuguese and Dutch, which Apple Music writes where it speaks these, and the logs of radios have; not the
 * words that are something else in another of them, as the Dutch "nummer" is.
 */
const spellings: Readonly<Record<MappedName, ReadonlyArray<readonly string[]>>> = {
  // Beside a playlist's name its id tells apart those of one name, as `pid` does in the slices.
  user_id: [
    ["userid", "user"],
    ["username"],
    ["benutzer", "nutzer", "utilisateur", "usuario", "utente", "utilizador", "gebruiker"],
    ["playlistid", "playlisturi"],
    ["pid"],
  ],
  artist: [
    ["artist", "artistname", "artists", "artistnames", "trackartist", "trackartists"],
    [streamedArtist, listenedArtist],
    // The first of several, as in the library that YouTube Music gives.
    ["artistname1", "artist1"],
    [
      ...["interpret", "interpreten", "kunstler", "kuenstler"],
      ...["artiste", "artistes", "interprete", "interpretes"],
      ...["artista", "artistas", "artisti", "artiest", "artiesten"],
    ],
  ],
  track: [
    ["track", "trackname", "tracktitle", "song", "songname", "songtitle"],
    ["title"],
    [streamedTrack, listenedTrack],
    [
      ...["titel", "musiktitel", "songtitel", "lied", "titre", "morceau", "chanson"],
      ...["titulo", "cancion", "titolo", "brano", "canzone", "musica", "faixa"],
    ],
    ["name"],
    ["nom", "nombre", "nome", "naam"],
    ["videoid"],
  ],
  playlist: [
    ["playlist", "playlistname", "playlisttitle"],
    ["wiedergabeliste", "listedelecture", "listadereproduccion", "listadereproducao", "afspeellijst"],
    ["playlistid", "playlisturi"],
    ["pid"],
  ],
  // Not "time": with Apple Music it is how long a track is.
  time: [
    ["timestamp"],
    ["ts"],
    ["uts"],
    ["playedat", "listenedat", "scrobbledat", "endtime", "playtime", "utctime", "entrydate"],
    ["datetime"],
    ["datumuhrzeit", "datumzeit", "zeitstempel", "zeitpunkt", "horodatage", "dateheure", "dateetheure"],
    ["fechahora", "fechayhora", "dataora", "dataeora", "datahora", "dataehora", "tijdstip", "datumtijd"],
    ["date"],
    ["datum", "fecha", "data"],
  ],
};

/** What stands for a playlist's column in a mapping where each file is a playlist of its own, as DuckDB calls that. */
const fileName = "filename";

/** What stands for an artist's column in a mapping where a track is an id that holds whose it is, or needs no artist. */
const noArtist = "none";

/** "Artist Name(s)", "artist_names" and "artist-names" are one; so are "Título" and "titulo". */
const fold = (name: string) =>
  name
    .normalize("NFD")
    .replace(/[\s_()./-]+|\p{Mn}+/gu, "")
    .toLowerCase();

/** lastfmstats.com has whose plays they are in the name: "Date#somebody". */
const foldTime = (name: string) => fold(name.replace(/#.*$/, ""));

/**
 * Parses a mapping as it is written on the command line: `artist=performer,track=song,playlist=list,user_id=owner`.
 *
 * @throws SegueError (misuse) for a field that does not exist or is named twice, or a part without "="
 */
export function parseColumnMapping(text: string): ColumnMapping {
  const mapping: Partial<Record<MappedName, string>> = {};
  for (const part of text.split(",")) {
    const [field, ...rest] = part.split("=");
    const name = field!.trim() as MappedName;
    const column = rest.join("=").trim();
    if (column === "" || name === ("" as MappedName))
      throw misuse(
        `not a column mapping: "${part.trim()}"`,
        `write field=column, comma between, for the fields ${mappedNames.join(", ")}: "artist=performer,track=song"`,
      );
    if (!mappedNames.includes(name)) {
      const near = closest(name, mappedNames);
      throw misuse(
        `a column mapping has no field "${name}"`,
        near ? `did you mean "${near}=${column}"?` : `its fields are ${mappedNames.join(", ")}`,
      );
    }
    if (mapping[name] !== undefined)
      throw misuse(
        `the column mapping names two columns for ${name}: "${mapping[name]}" and "${column}"`,
        "name one",
      );
    mapping[name] = column;
  }
  return mapping;
}

/**
 * Finds, among the columns of a file, the one for each field. Some may have none, -1: user_id, then there are no users; the
 * playlist, then the file is one (or one of each user); where the mapping says so, the artist; and the time, which is looked for
 * only where the mapping names it or it is needed.
 *
 * @param where the file, for messages
 * @param options `ifNoneIsKnown`: what more to say where not one of the names is known: they may be no names at all
 * @throws SegueError code "wrong-columns" where another field has no column, or one that the mapping names is not there; (misuse)
 *   where it could be one of several, where the mapping gives one column to two fields, and where the playlist has no column but
 *   one looks as if it were meant
 */
export function matchColumns(
  names: readonly string[],
  mapping: ColumnMapping | undefined,
  where: string,
  options: { readonly needsTime?: boolean; readonly ifNoneIsKnown?: string } = {},
): FoundColumns {
  const found = { user_id: -1, artist: -1, track: -1, playlist: -1, time: -1, clock: -1 };
  const take = (field: keyof typeof found, candidates: readonly number[]) => {
    if (candidates.length > 1) throw ambiguous(field, candidates, names, where);
    found[field] = candidates[0] ?? -1;
  };
  const indexesOf = (test: (name: string) => boolean) =>
    [...names.keys()].filter((index) => test(names[index]!) && !Object.values(found).includes(index));

  const isPerFile = mapping?.playlist === fileName && !names.includes(fileName);
  const isWithoutArtist = mapping?.artist === noArtist && !names.includes(noArtist);
  const isWithout = (field: MappedName) =>
    (field === "playlist" && isPerFile) || (field === "artist" && isWithoutArtist);
  for (const field of mappedNames) {
    const mapped = mapping?.[field];
    if (mapped === undefined || isWithout(field)) continue;
    const taken = mappedNames.find(
      (other) => other !== field && found[other] !== -1 && mapping?.[other] === mapped,
    );
    if (taken !== undefined)
      throw misuse(
        `the mapping gives the column "${mapped}" to both ${taken} and ${field}`,
        "name one for each",
      );
    const named = (wanted: string) => indexesOf((name) => name === wanted);
    const [day, clock] = (field === "time" && !names.includes(mapped) && dayAndClock(mapped)) || [mapped];
    take(field, named(day!));
    if (clock === undefined) continue;
    take("clock", named(clock));
    if (found.clock === -1) found.time = -1;
  }
  // The playlist before the user, who takes its id only where it is not the playlist itself.
  for (const field of [...mappedNames].reverse()) {
    if (mapping?.[field] !== undefined || (field === "time" && !options.needsTime)) continue;
    const ranks = spellings[field].map((rank) =>
      indexesOf((name) => rank.includes(field === "time" ? foldTime(name) : fold(name))),
    );
    take(field, ranks.find((rank) => rank.length > 0) ?? []);
  }

  const isWanted = (field: MappedName) =>
    !isWithout(field) &&
    (field === "artist" ||
      field === "track" ||
      (field === "time" && options.needsTime) ||
      mapping?.[field] !== undefined);
  const missing = mappedNames.filter((field) => found[field] === -1 && isWanted(field));
  const alike =
    found.playlist === -1 && !isPerFile ? indexesOf(isLikePlaylist).map((index) => names[index]!) : [];
  if (missing.length > 0) {
    const isNoneKnown = alike.length === 0 && Object.values(found).every((index) => index === -1);
    throw wrongColumns(
      found,
      missing,
      alike,
      names,
      mapping,
      where,
      isNoneKnown ? options.ifNoneIsKnown : undefined,
    );
  }
  if (alike.length > 0)
    throw misuse(
      `${where}: cannot tell whether the playlist stands in the column ${quoted(alike)}`,
      `if so, say it: --columns "playlist=${alike[0]}"; if each file is one playlist: --columns "playlist=${fileName}"`,
    );
  return found;
}

/** The two columns of a mapping such as "date+clock"; undefined where it is none. */
function dayAndClock(mapped: string): readonly string[] | undefined {
  const parts = mapped.split("+").map((part) => part.trim());
  return parts.length === 2 && !parts.includes("") ? parts : undefined;
}

/** A column that may hold the time of each play, by its name, where none was found for it. */
export function spareTime(names: readonly string[], found: FoundColumns): string | undefined {
  if (found.time !== -1) return undefined;
  const taken = Object.values(found);
  const free = names.filter((_, index) => !taken.includes(index));
  return spellings.time.flatMap((rank) => free.filter((name) => rank.includes(foldTime(name))))[0];
}

/** Whether a column that is not known to hold the playlist may be meant to: "Plylist Name", "playlist_title_de", "list". */
function isLikePlaylist(name: string): boolean {
  const folded = fold(name);
  if (/(timestamp|date|time)$/.test(folded)) return false;
  const word = folded.replace(/(name|title|id)$/, "");
  return folded.includes("playlist") || word === "list" || closest(word, ["playlist"]) !== undefined;
}

/** The column that a mapping may give to a field, where just one has a name for it in its own: "track_uri", "Interpret 1". */
function likely(field: MappedName, free: readonly string[]): string | undefined {
  const stems = spellings[field].flat().filter((spelling) => spelling.length >= shortestStem);
  const alike = free.filter((name) => stems.some((stem) => fold(name).includes(stem)));
  return alike.length === 1 ? alike[0] : undefined;
}

/** Not "name", which is in the names of all sorts of columns. */
const shortestStem = 5;

function ambiguous(
  field: keyof FoundColumns,
  candidates: readonly number[],
  names: readonly string[],
  where: string,
): SegueError {
  const could = [...new Set(candidates.map((index) => names[index]!))];
  return could.length === 1
    ? misuse(`${where}: ${candidates.length} columns are called "${could[0]}"`, "rename all but one of them")
    : misuse(
        `${where}: ${field} could be any of the columns ${quoted(could)}`,
        `say which with a mapping: --columns "${field}=${could[0]}"`,
      );
}

function wrongColumns(
  found: FoundColumns,
  missing: readonly MappedName[],
  alike: readonly string[],
  names: readonly string[],
  mapping: ColumnMapping | undefined,
  where: string,
  more: string | undefined,
): SegueError {
  const taken = Object.values(found);
  const free = names.filter((_, index) => !taken.includes(index));
  const proposed = (field: MappedName) => {
    const mapped = mapping?.[field];
    if (field === "playlist" && mapped === fileName) return fileName;
    const misspelt = mapped === undefined ? undefined : closest(mapped, free);
    return misspelt ?? (field === "playlist" ? alike[0] : likely(field, free)) ?? "…";
  };
  const clock = found.clock === -1 ? "" : `+${names[found.clock]}`;
  const columns = (["artist", "track", "playlist", "user_id", "time"] as const)
    .filter(
      (field) => (field !== "user_id" && field !== "time") || found[field] !== -1 || missing.includes(field),
    )
    .map((field) => `${field}=${names[found[field]] ?? proposed(field)}${field === "time" ? clock : ""}`);
  const hints = [
    `say which column is which with a mapping, such as --columns "${columns.join(",")}"`,
    ...(columns.includes("playlist=…") ? ["without playlist=… each file is one playlist"] : []),
    ...(missing.includes("artist") && mapping?.artist === undefined
      ? [`artist=${noArtist} where a track stands with its artist in one column, or needs none`]
      : []),
    ...(more === undefined ? [] : [more]),
  ];
  return new SegueError(
    `${where}: found the columns ${quoted(names)}, wanted also ${
      mapping === undefined ? missing.join(", ") : quoted(missing.map((field) => mapping[field] ?? field))
    }`,
    {
      hint: hints.join("; "),
      code: "wrong-columns",
    },
  );
}
