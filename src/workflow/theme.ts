/** Pages and pictures that are light by day and dark by night, and how to have them one way whatever the system says. */

export type Theme = "light" | "dark";

/** What their style says before the rules of the night. */
export const whenDark = "@media(prefers-color-scheme:dark)";
/** What it says so that scroll bars and the like go with it. */
export const bothSchemes = "color-scheme:light dark";

/** @param document HTML or SVG with styles of `whenDark`, those of pictures within it included */
export function onlyTheme(document: string, theme: Theme): string {
  return document
    .replaceAll(whenDark, theme === "dark" ? "@media all" : "@media not all")
    .replace(bothSchemes, `color-scheme:${theme}`);
}
