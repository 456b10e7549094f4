/** The words of a title, normalized for search. */
import { normalized } from "../../system/index.js";

const wordPattern = /[\p{L}\p{N}]+/gu;
const unspacedScript = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const accents = /\p{M}+/gu;
/** Emoji and signs such as ÷ and $, without the modifiers of skin colour. */
const symbolPattern = /[\p{So}\p{Sm}\p{Sc}]/gu;
/** A quicker test, which few titles pass. */
const mayBeSymbol = /[$+<=>|~\x80-\uffff]/;

/** The words of a text: lower case, without accents or punctuation ("Beyoncé – Déjà Vu" → beyonce, deja, vu). */
export function wholeWordsOf(text: string): readonly string[] {
  // NFKD resolves compatibility forms (full-width letters, ligatures) and splits off accents. Apostrophes do not split words.
  const plain = normalized(text, "NFKD").replace(accents, "").toLowerCase().replaceAll(/['’]/g, "");
  return plain.match(wordPattern) ?? [];
}

/**
 * The same, but scripts without spaces give overlapping pairs of characters, so that a part of a title finds it.
 */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const word of wholeWordsOf(text)) {
    if (!unspacedScript.test(word)) words.push(word);
    else {
      const characters = [...word];
      if (characters.length < 3) words.push(word);
      else for (let i = 0; i + 1 < characters.length; i++) words.push(characters[i]! + characters[i + 1]!);
    }
  }
  return words;
}

/** The emoji and signs of a text ("Fire 🔥" → 🔥), for titles and searches that consist of nothing else. */
export const symbolsOf = (text: string): string[] =>
  (mayBeSymbol.test(text) && text.match(symbolPattern)) || [];
