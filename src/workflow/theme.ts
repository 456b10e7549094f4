/** Light and dark themes of pages and pictures: they follow the system's colour scheme, or can be fixed to one theme. */

export type Theme = "light" | "dark";

/** Precedes the dark rules of a style. Paper is white in any theme. */
export const whenDark = "@media screen and (prefers-color-scheme:dark)";
/** Makes scroll bars and the like follow the theme. */
export const bothSchemes = "color-scheme:light dark";

/** Fixes a document to one theme. @param document HTML or SVG with `whenDark` styles, including those of embedded pictures */
export function onlyTheme(document: string, theme: Theme): string {
  return document
    .replaceAll(whenDark, theme === "dark" ? "@media screen" : "@media not all")
    .replace(bothSchemes, `color-scheme:${theme}`);
}
