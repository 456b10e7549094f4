/**
 * Invented names of artists, tracks and playlists. Artists are made of syllables, so that nobody takes them for real ones; up
 * to 33 million have distinct names.
 */
import { mix } from "./world.js";

const latin =
  "ba bre chi dor el fa gru hal ix jo ka lum mo nar ol pa quo ri sel tav um ve wix yo zan cre dul fen gor hie lis mur".split(
    " ",
  );
const cyrillic =
  "ба бре чи дор эл фа гру хал ик йо ка лум мо нар ол па кво ри сел тав ум ве вик ё зан кре дул фен гор хи лис мур".split(
    " ",
  );
const kana =
  "バ ブ チ ド エ ファ グ ハ イ ジョ カ ル モ ナ オ パ ク リ セ タ ウ ベ ビ ヨ ザ キュ ヅ フェ ゴ ヒ リス ムル".split(
    " ",
  );
const greek =
  "βα βρε χι δορ ελ φα γρου χαλ ιξ γιο κα λουμ μο ναρ ολ πα κο ρι σελ ταβ ουμ βε βιξ υο ζαν κρε δουλ φεν γορ χιε λις μουρ".split(
    " ",
  );

const adjectives =
  "Silver Hollow Amber Quiet Paper Velvet Northern Broken Electric Slow Golden Distant Crooked Burning Hidden Pale Second Endless Midnight Little Wild Lonely Bright Heavy Frozen Restless Secret Early Gentle Faded Marble Copper".split(
    " ",
  );
const nouns =
  "Harbour Lantern River Static Orchard Window Signal Carousel Shadow Engine Meadow Letter Tide Mirror Garden Thunder Compass Ribbon Avenue Feather Winter Balloon Island Whisper Canyon Satellite Parade Bicycle Ember Staircase Horizon Pavement".split(
    " ",
  );

/** The words that name the genre in playlist titles. */
export const genreWords = [
  "rock",
  "pop",
  "jazz",
  "techno",
  "folk",
  "metal",
  "hip hop",
  "ambient",
  "reggae",
  "country",
  "blues",
  "soul",
] as const;

/** How many artists have distinct names: 32 syllables in five positions. */
const distinctNames = 32 ** 5;

export function artistName(seed: number, artist: number): string {
  // Multiplying by an odd number and adding is a bijection modulo a power of two: no two artists share their digits.
  const code = Number((BigInt(artist) * 0x9e3779b1n + BigInt(mix(seed, 1))) % BigInt(distinctNames));
  const kind = code % 40;
  const syllables = kind === 0 ? cyrillic : kind === 1 ? kana : kind === 2 ? greek : latin;
  const digits = [0, 1, 2, 3, 4].map((place) => syllables[Math.floor(code / 32 ** place) % 32]!);
  const first = capital(digits.slice(0, 2).join(""));
  const second = capital(digits.slice(2).join(""));
  switch (mix(seed + 2, artist) % 8) {
    case 0:
      return `The ${first} ${second}`;
    case 1:
      return `${first} & ${second}`;
    case 2:
      return `${first}-${second}`;
    case 3:
      return `${first}${second.toLowerCase()}`;
    default:
      return `${first} ${second}`;
  }
}

/** The name of an artist's `local`th track, distinct among the artist's tracks. */
export function trackName(seed: number, artist: number, local: number): string {
  const pair = (mix(seed + 3, artist) + local * 389) % (adjectives.length * nouns.length);
  const adjective = adjectives[pair % adjectives.length]!;
  const noun = nouns[Math.floor(pair / adjectives.length)]!;
  const shape = mix(seed + 4, artist * 61 + local) % 200;
  if (shape < 4) return `${adjective}, ${adjective} ${noun}`;
  if (shape < 7) return `The "${adjective}" ${noun}`;
  if (shape < 9) return `${adjective} ${noun} - 7" Version`;
  if (shape < 10) return `${adjective} /\\ ${noun}`;
  if (shape < 13) return `${adjective} ${noun} (夜)`;
  if (shape < 16) return `${adjective} ${noun} – ночь`;
  return `${adjective} ${noun}`;
}

/** The name of a second release of the same song, as services list it; undefined for nine of ten tracks. */
export function twinName(seed: number, artist: number, local: number, name: string): string | undefined {
  const draw = mix(seed + 5, artist * 61 + local);
  if (draw % 10 !== 0) return undefined;
  const shape = Math.floor(draw / 10) % 4;
  if (shape === 0) return `${name} - Remastered ${2000 + (draw % 24)}`;
  if (shape === 1) return `${name} (feat. ${artistName(seed, draw % 1000)})`;
  return `${name} - Radio Edit`;
}

/** A playlist's title; about three of four contain the genre's word. */
export function playlistTitle(genre: number, draw: number): string {
  const word = genreWords[genre % genreWords.length]!;
  const pick = <T>(list: readonly T[]) => list[Math.floor(draw / 64) % list.length]!;
  const noun = pick(nouns).toLowerCase();
  switch (draw % 24) {
    case 0:
    case 1:
    case 2:
      return capital(word);
    case 3:
    case 4:
      return `${word} ${2005 + (Math.floor(draw / 64) % 15)}`;
    case 5:
    case 6:
      return `Best of ${word}`;
    case 7:
    case 8:
      return `${pick(adjectives).toLowerCase()} ${word}`;
    case 9:
    case 10:
      return `${word} for the ${noun}`;
    case 11:
      return `${word}, mostly`;
    case 12:
      return `"real" ${word}`;
    case 13:
      return `${word} ♥`;
    case 14:
      return `лучшее: ${word}`;
    case 15:
      return `${word} ドライブ`;
    case 16:
      return `música ${word}`;
    case 17:
      return `${word} & more `;
    case 18:
    case 19:
      return "Starred";
    case 20:
      return "Liked from Radio";
    case 21:
      return `${pick(adjectives)} ${noun}`;
    case 22:
      return `${noun}, ${pick(adjectives).toLowerCase()}`;
    default:
      return "夏の夜";
  }
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
