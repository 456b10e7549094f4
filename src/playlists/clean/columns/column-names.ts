/** The usual names of columns, by field. */
import { closest, normalized } from "../../../system/index.js";
import type { MappedName } from "./column-mapping.js";

// Spotify's extended streaming history.
const streamedArtist = "mastermetadataalbumartistname";
const streamedTrack = "mastermetadatatrackname";
// ListenBrainz' export, with an object in each play.
const listenedArtist = "trackmetadataartistname";
const listenedTrack = "trackmetadatatrackname";
// Last.fm's plays: "artist.#text", beside "date.uts".
const scrobbledArtist = "artist#text";

/** Names of times that may be days without a clock, in ranks. */
const days = [["date"], ["datum", "sendedatum", "fecha", "data"]];

/**
 * Folded spellings, in ranks: a later rank counts only if no column has a name of an earlier one. Sources include the
 * #nowplaying data, Exportify ("Track Name", "Artist Name(s)"), TuneMyMusic ("Track name", "Playlist name"), Apple Music ("Name",
 * "Artist"), the exporters of Last.fm's plays ("artist", "track"), "30000 Spotify Songs" on Kaggle (track_artist, playlist_name,
 * playlist_id), the Million Playlist Dataset as a table (pid, artist_name). After English come German, French, Spanish, Italian,
 * Portuguese and Dutch, as in localised Apple Music and radio logs, without words that mean something else in another of these
 * languages, such as Dutch "nummer".
 */
const spellings: Readonly<Record<MappedName, ReadonlyArray<readonly string[]>>> = {
  // If another column names the playlist, its id distinguishes playlists of the same name, as `pid` does in the slices.
  user_id: [
    ["userid", "user"],
    ["username"],
    ["benutzer", "nutzer", "utilisateur", "usuario", "utente", "utilizador", "gebruiker"],
    ["playlistid", "playlisturi"],
    ["pid"],
  ],
  artist: [
    ["artist", "artistname", "artists", "artistnames", "trackartist", "trackartists", "songartist"],
    [streamedArtist, listenedArtist, scrobbledArtist],
    // The first of several artists, as in YouTube Music's library.
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
  // Not "time": in Apple Music's exports it is the duration of a track.
  time: [
    ["timestamp"],
    ["ts"],
    ["uts", "dateuts"],
    ["playedat", "listenedat", "scrobbledat", "dateplayed", "utctime", "entrydate"],
    ["datetime"],
    ["datumuhrzeit", "datumzeit", "zeitstempel", "zeitpunkt", "horodatage", "dateheure", "dateetheure"],
    ["fechahora", "fechayhora", "dataora", "dataeora", "datahora", "dataehora", "tijdstip", "datumtijd"],
    ...days,
    // After the days, whose clock they are if both exist. Beside "start time", a DJ's "playtime" is a duration.
    ["starttime"],
    ["endtime"],
    ["playtime"],
  ],
};

/** Folds "Artist Name(s)", "artist_names" and "artist-names" into one spelling, and "Título" and "titulo". */
const fold = (name: string) =>
  normalized(name, "NFD")
    .replace(/[\s_()./-]+|\p{Mn}+/gu, "")
    .toLowerCase();

/** lastfmstats.com appends the user to the name: "Date#somebody". */
const foldTime = (name: string) => fold(name.replace(/#.*/s, ""));

/** Tests whether a name is a usual one of the field, one per rank; a later rank counts only if no column passes an earlier one. */
export function usualNames(field: MappedName): Array<(name: string) => boolean> {
  const folded = field === "time" ? foldTime : fold;
  return spellings[field].map((rank) => (name) => rank.includes(folded(name)));
}

/** Names of clocks, in ranks. "time" is the time of the play only beside a day; alone it may be a duration. */
const clocks = [
  ["clock", "uhrzeit", "sendezeit", "heure", "hora", "horario", "ora", "orario"],
  ["starttime"],
  ["time", "zeit", "tijd"],
];

/** Whether a name is that of a day, whose clock may be in another column. */
export const isDay = (name: string): boolean => days.flat().includes(foldTime(name));

/** Tests whether a name is that of a clock ("Uhrzeit", "Heure", "Hora"), one per rank. */
export const usualClocks: ReadonlyArray<(name: string) => boolean> = clocks.map(
  (rank) => (name) => rank.includes(fold(name)),
);

/** Whether a column without a usual name may hold the playlist: "Plylist Name", "playlist_title_de", "list". */
export function isLikePlaylist(name: string): boolean {
  const folded = fold(name);
  if (/(timestamp|date|time)$/.test(folded)) return false;
  const word = folded.replace(/(name|title|id)$/, "");
  return folded.includes("playlist") || word === "list" || closest(word, ["playlist"]) !== undefined;
}

/** A column to propose for a field: the only one whose name contains a usual one, such as "track_uri", "Interpret 1". */
export function likely(field: MappedName, free: readonly string[]): string | undefined {
  const stems = spellings[field].flat().filter((spelling) => spelling.length >= shortestStem);
  const alike = free.filter((name) => stems.some((stem) => fold(name).includes(stem)));
  if (alike.length === 1) return alike[0];
  return field === "time" ? likelyTime(free) : undefined;
}

/** Excludes "name", which is part of many names. */
const shortestStem = 5;

/** A day, with its clock if there is one: "Air Date+Air Time", "Date de diffusion+Heure de diffusion". */
function likelyTime(free: readonly string[]): string | undefined {
  const known = free.filter((name) => !isOtherTime.test(fold(name)));
  const days = known.filter((name) => isLikeDay.test(fold(name)));
  const clocks = known.filter((name) => !days.includes(name) && isLikeClock.test(fold(name)));
  const [clock] = clocks.length === 1 ? clocks : clocks.filter((name) => /start|begin/.test(fold(name)));
  const [day] = days;
  if (day === undefined) return clock;
  if (days.length > 1) return undefined;
  return clock === undefined || isLikeClock.test(fold(day)) ? day : `${day}+${clock}`;
}

const isLikeDay = /date|datum|fecha/;
const isLikeClock = /time|clock|zeit|tijd|heure|hora|^start|^beginn?$/;
/** Durations, and times of creation or addition. */
const isOtherTime = /^(run|play|total)time|duration|length|spielzeit|laufzeit|release|added|modified|created/;
