/** Artists by the words of their names, so that "beatles" finds "The Beatles" and "beyonce" finds "Beyoncé". */
import { artistOfId } from "../../recommenders/index.js";
import { normalized } from "../../system/index.js";
import { shortTurns } from "./short-turns.js";
import { wordsOf } from "./words.js";

/** Longer texts are no artists. */
const longestName = 100;

/** Words that people leave out or write otherwise: "Florence + The Machine", "florence and the machine". */
const optional = new Set(["the", "and"]);

export class ArtistNames {
  /** The spellings of each key, the one with the most tracks first. */
  readonly #spellings: ReadonlyMap<string, readonly string[]>;

  private constructor(spellings: ReadonlyMap<string, readonly string[]>) {
    this.#spellings = spellings;
  }

  /** @param artists the artist of each track, "" for none */
  static async build(artists: readonly string[]): Promise<ArtistNames> {
    const turns = shortTurns();
    const counts = new Map<string, number>();
    for (const artist of artists) {
      if (artist !== "") counts.set(artist, (counts.get(artist) ?? 0) + 1);
      if (turns.due) await turns.take();
    }
    const spellings = new Map<string, string[]>();
    for (const artist of counts.keys()) {
      const key = keyOf(artist);
      const others = spellings.get(key);
      if (others === undefined) spellings.set(key, [artist]);
      else others.push(artist);
      if (turns.due) await turns.take();
    }
    for (const names of spellings.values()) {
      if (names.length > 1) names.sort((a, b) => counts.get(b)! - counts.get(a)!);
      if (turns.due) await turns.take();
    }
    return new ArtistNames(spellings);
  }

  /**
   * The spellings of the artists with this name, most tracks first: those that differ in nothing but case if there are any, else those
   * with the same words. Empty if there are none.
   */
  named(name: string): readonly string[] {
    if (name.length > longestName) return [];
    const alike = this.#spellings.get(keyOf(name)) ?? [];
    const same = alike.filter((artist) => sameButForCase(artist, name));
    return same.length > 0 ? same : alike;
  }

  /** An "Artist-Track" id, or an artist alone, with the artist as the catalogue spells it; undefined if it has no such artist. */
  respelled(id: string): string | undefined {
    return artistOfId(id, (name) => {
      const artists = this.named(name);
      if (artists.length === 0) return undefined;
      return (artists.includes(name) ? name : artists[0]!) + id.slice(name.length);
    });
  }
}

function keyOf(name: string): string {
  const words = wordsOf(name);
  const needed = words.filter((word) => !optional.has(word));
  return (needed.length > 0 ? needed : words).join("") || lowerCase(name);
}

/** Whether two names differ in case, or in Unicode normalization, at most. */
export function sameButForCase(a: string, b: string): boolean {
  return lowerCase(a) === lowerCase(b);
}

const lowerCase = (name: string) => normalized(name, "NFC").toLowerCase();
