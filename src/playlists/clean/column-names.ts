/** The names that columns usually have, by what they hold. */
import { closest } from "../../system/index.js";
import type { MappedName } from "./column-mapping.js";

// The long history of what a listener has streamed, as Spotify gives it.
const streamedArtist = "mastermetadataalbumartistname";
const streamedTrack = "mastermetadatatrackname";
// What a listener has played, as ListenBrainz gives it: an object in each play.
const listenedArtist = "trackmetadataartistname";
const listenedTrack = "trackmetadatatrackname";
// The same from Last.fm: "artist.#text", beside "date.uts".
const scrobbledArtist = "artist#text";

/** Of times, those that may be days, in ranks. */
const days = [["date"], ["datum", "sendedatum", "fecha", "data"]];

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
    ["artist", "artistname", "artists", "artistnames", "trackartist", "trackartists", "songartist"],
    [streamedArtist, listenedArtist, scrobbledArtist],
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
    ["uts", "dateuts"],
    ["playedat", "listenedat", "scrobbledat", "dateplayed", "utctime", "entrydate"],
    ["datetime"],
    ["datumuhrzeit", "datumzeit", "zeitstempel", "zeitpunkt", "horodatage", "dateheure", "dateetheure"],
    ["fechahora", "fechayhora", "dataora", "dataeora", "datahora", "dataehora", "tijdstip", "datumtijd"],
    ...days,
    // Behind the days, whose clock they are where both stand. Beside "start time" a DJ's "playtime" is how long.
    ["starttime"],
    ["endtime"],
    ["playtime"],
  ],
};

/** "Artist Name(s)", "artist_names" and "artist-names" are one; so are "Título" and "titulo". */
const fold = (name: string) =>
  name
    .normalize("NFD")
    .replace(/[\s_()./-]+|\p{Mn}+/gu, "")
    .toLowerCase();

/** lastfmstats.com has whose plays they are in the name: "Date#somebody". */
const foldTime = (name: string) => fold(name.replace(/#.*$/, ""));

/** Whether a column's name is a usual one of the field: a test for each rank, of which a later one counts where no earlier one holds. */
export function usualNames(field: MappedName): Array<(name: string) => boolean> {
  const folded = field === "time" ? foldTime : fold;
  return spellings[field].map((rank) => (name) => rank.includes(folded(name)));
}

/** In ranks, as spellings. Alone, "time" is how long a track is, with Apple Music; beside a day it is when it was played. */
const clocks = [
  ["clock", "uhrzeit", "sendezeit", "heure", "hora", "horario", "ora", "orario"],
  ["starttime"],
  ["time", "zeit", "tijd"],
];

/** Whether a column's name is that of a day, whose clock another column may have. */
export const isDay = (name: string): boolean => days.flat().includes(foldTime(name));

/** Whether a column's name is that of a clock, "Uhrzeit", "Heure", "Hora": a test for each rank. */
export const usualClocks: ReadonlyArray<(name: string) => boolean> = clocks.map(
  (rank) => (name) => rank.includes(fold(name)),
);

/** Whether a column that is not known to hold the playlist may be meant to: "Plylist Name", "playlist_title_de", "list". */
export function isLikePlaylist(name: string): boolean {
  const folded = fold(name);
  if (/(timestamp|date|time)$/.test(folded)) return false;
  const word = folded.replace(/(name|title|id)$/, "");
  return folded.includes("playlist") || word === "list" || closest(word, ["playlist"]) !== undefined;
}

/** The column that a mapping may give to a field, where just one has a name for it in its own: "track_uri", "Interpret 1". */
export function likely(field: MappedName, free: readonly string[]): string | undefined {
  const stems = spellings[field].flat().filter((spelling) => spelling.length >= shortestStem);
  const alike = free.filter((name) => stems.some((stem) => fold(name).includes(stem)));
  if (alike.length === 1) return alike[0];
  return field === "time" ? likelyTime(free) : undefined;
}

/** Not "name", which is in the names of all sorts of columns. */
const shortestStem = 5;

/** A day, with its clock where there is one: "Air Date+Air Time", "Date de diffusion+Heure de diffusion". */
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
/** How long something is, and when it came to be or was put somewhere. */
const isOtherTime = /^(run|play|total)time|duration|length|spielzeit|laufzeit|release|added|modified|created/;
