interface Named {
  readonly artist?: string | undefined;
  readonly title: string;
}

/**
 * A playlist as M3U, for players that find tracks by artist and title: no path is known, so the files' are made of the names.
 *
 * @param tracks in order; line breaks in names become spaces
 */
export function m3uText(tracks: readonly Named[]): string {
  const entries = tracks.map(({ artist, title }) => {
    const spoken = artist ? `${artist} - ${title}` : title;
    return `#EXTINF:-1,${spoken.replace(/[\r\n]+/g, " ")}\n${encodeURIComponent(spoken.toWellFormed())}.mp3\n`;
  });
  return `#EXTM3U\n${entries.join("")}`;
}
