/** Playlists in XML, in small files as the programs write them that are named. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { cleaning } from "../clean.testkit.js";

const { clean, failure } = cleaning();

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

describe("XSPF", () => {
  const vlc = `${declaration}<playlist xmlns="http://xspf.org/ns/0/" xmlns:vlc="http://www.videolan.org/vlc/playlist/ns/0/" version="1">
	<title>Playlist</title>
	<trackList>
		<track>
			<location>file:///music/1.mp3</location>
			<title>Uprising &amp; more</title>
			<creator>Muse</creator>
			<album>The Resistance</album>
			<duration>304000</duration>
			<extension application="http://www.videolan.org/vlc/playlist/0">
				<vlc:id>0</vlc:id>
				<title>not this one</title>
			</extension>
		</track>
		<track><location>http://radio</location><title>a-ha - Take On Me</title></track>
		<track>
			<location>file:///music/3.mp3</location>
		</track>
		<track><title><![CDATA[Sky & Sand]]></title><creator>Paul Kalkbrenner</creator></track>
	</trackList>
	<extension application="http://www.videolan.org/vlc/playlist/0"><vlc:item tid="0"/></extension>
</playlist>
`;

  it("is one playlist per file, named after it; tracks without artist are rejected with their line", async () => {
    const { rows, rejected, facts } = await clean({ "Road trip.xspf": vlc });
    expect(facts.form).toBe("xspf");
    expect(rows).toEqual([
      [0, null, "Muse", "Uprising & more", "Road trip"],
      [1, null, "a-ha", "Take On Me", "Road trip"],
      [3, null, "Paul Kalkbrenner", "Sky & Sand", "Road trip"],
    ]);
    expect(rejected).toMatchObject([
      {
        line: 17,
        reason: "not a play",
        detail: "expected <creator> and <title> in it",
        text: "file:///music/3.mp3",
      },
    ]);
  });

  it("is read gzipped, in UTF-16, and in the encoding that it names", async () => {
    const utf16 = Buffer.from(`\ufeff${vlc.replace("UTF-8", "UTF-16")}`, "utf16le");
    const french = vlc.replace("Muse", "Jérôme").replace("UTF-8", "ISO-8859-1");
    const { rows } = await clean({
      "a.xspf.gz": gzipSync(vlc),
      "b.xspf": utf16,
      "c.xspf": Buffer.from(french, "latin1"),
    });
    expect(
      rows.filter(([, , , track]) => track.startsWith("Uprising")).map(([, , by, , list]) => [by, list]),
    ).toEqual([
      ["Muse", "a"],
      ["Muse", "b"],
      ["Jérôme", "c"],
    ]);
    const odd = await failure({ "d.xspf": vlc.replace("UTF-8", "Shift_JIS") });
    expect(odd.message).toMatch(/d\.xspf is XML in shift_jis, expected UTF-8/);
    const bytes = await failure({ "e.xspf": Buffer.from(vlc.replace("Muse", "Björk"), "latin1") });
    expect(bytes.message).toMatch(/e\.xspf, line 8: not UTF-8/);
    expect(bytes.hint).toMatch(/--encoding latin-1/);
  });

  it("is read correctly if characters are split across chunks", async () => {
    const title = "𝄞".repeat(250);
    const track = `<track><title>${title}</title><creator>Björk</creator></track>\n`;
    for (const shift of ["", "x", "xx", "xxx"]) {
      const text = `<playlist>${shift}<trackList>${track.repeat(1500)}</trackList></playlist>`;
      const { rows } = await clean({ "big.xspf": text });
      expect(rows).toHaveLength(1500);
      expect(new Set(rows.map((row) => row.slice(1).join()))).toEqual(new Set([`,Björk,${title},big`]));
    }
  });
});

it("refuses a column mapping", async () => {
  const text = `<playlist xmlns="http://xspf.org/ns/0/"><trackList><track><creator>Muse</creator><title>Uprising</title></track></trackList></playlist>`;
  expect((await clean({ "a.xspf": text }, { mapping: { playlist: "filename" } })).rows).toHaveLength(1);
  const { message, code } = await failure({ "a.xspf": text }, { mapping: { artist: "creator" } });
  expect(message).toMatch(/a\.xspf is a playlist in XSPF, and has no columns/);
  expect(code).toBe("misuse");
});

describe("a library of Apple Music", () => {
  const entry = (key: string, value: string | number | boolean) =>
    `<key>${key}</key>${typeof value === "string" ? `<string>${value}</string>` : typeof value === "number" ? `<integer>${value}</integer>` : `<${value}/>`}\n`;
  const track = (id: number, name: string, artist?: string) =>
    `<key>${id}</key>\n<dict>\n${entry("Track ID", id)}${entry("Total Time", 215_000)}<key>Date Added</key><date>2019-01-02T10:11:12Z</date>\n${entry("Name", name)}${artist === undefined ? "" : entry("Artist", artist)}${entry("Album Artist", "Various")}</dict>\n`;
  const playlist = (name: string, ids: readonly number[], more = "") =>
    `<dict>\n${entry("Name", name)}${entry("Description", "")}${entry("Playlist ID", 99)}${more}${entry("All Items", true)}<key>Playlist Items</key>\n<array>\n${ids
      .map((id) => `<dict>\n${entry("Track ID", id)}</dict>\n`)
      .join("")}</array>\n</dict>\n`;
  const smart = "<key>Smart Info</key>\n<data>\nAQEAAwAAAAIAAAAZ\n</data>\n";
  const plist = (
    playlists: string,
    tracks = track(101, "Uprising", "Muse") +
      track(103, "Take On Me", "a-ha") +
      track(105, "Rock &#38; Roll", "Led Zeppelin"),
  ) =>
    `${declaration}<!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
${entry("Major Version", 1)}${entry("Name", "not a playlist")}<key>Tracks</key>
<dict>
${tracks}</dict>
<key>Playlists</key>
<array>
${playlists}</array>
${entry("Music Folder", "file:///Users/me/Music/")}</dict>
</plist>
`;
  const all = [101, 103, 105];

  it("has the user's playlists, and says what is left out", async () => {
    const text = plist(
      playlist("Library", all, entry("Master", true) + entry("Visible", false)) +
        playlist("Downloaded", all, entry("Distinguished Kind", 65)) +
        playlist("Music", all, entry("Distinguished Kind", 4) + entry("Music", true)) +
        playlist("Hidden", all, entry("Visible", false)) +
        playlist("90’s Music", [101], smart) +
        playlist("Gigs", all, entry("Playlist Persistent ID", "A1") + entry("Folder", true)) +
        playlist("Friday", [105, 101], entry("Parent Persistent ID", "A1")) +
        playlist("Favourites", [103, 101, 103]),
    );
    const { rows, facts, rejected } = await clean({ "Library.xml": text });
    expect(facts.form).toBe("itunes");
    expect(rows).toEqual([
      [0, null, "Led Zeppelin", "Rock & Roll", "Friday"],
      [1, null, "Muse", "Uprising", "Friday"],
      [2, null, "a-ha", "Take On Me", "Favourites"],
      [3, null, "Muse", "Uprising", "Favourites"],
      [4, null, "a-ha", "Take On Me", "Favourites"],
    ]);
    expect(rejected).toEqual([]);
    expect(facts.notes).toEqual([
      expect.stringMatching(
        /Library\.xml: left out the built-in lists of Apple Music \("Library", "Downloaded", "Music", "Hidden"\), the smart playlists \("90’s Music"\), the folders, whose playlists are read anyway \("Gigs"\)$/,
      ),
    ]);
  });

  it("distinguishes playlists of the same name by folder, then by number", async () => {
    const text = plist(
      ["2023", "2024"]
        .map(
          (year, i) =>
            playlist(year, [], entry("Playlist Persistent ID", `F${i}`) + entry("Folder", true)) +
            playlist("Summer", [101], entry("Parent Persistent ID", `F${i}`)),
        )
        .join("") +
        playlist("Winter", [103]) +
        playlist("Winter", [105]),
    );
    const { rows } = await clean({ "Library.xml": text });
    expect(rows.map((row) => row[4])).toEqual(["2023/Summer", "2024/Summer", "Winter", "Winter (2)"]);
  });

  it("keeps apart playlists whose names are the same when tidied", async () => {
    const names = ["Été", "E\u0301te\u0301", "Winter", "Winter", "Winter (2)"];
    const { rows } = await clean({
      "Library.xml": plist(names.map((name) => playlist(name, [101])).join("")),
    });
    expect(rows.map((row) => row[4])).toEqual(["Été", "Été (2)", "Winter", "Winter (2)", "Winter (2) (2)"]);
  });

  it("counts dangling entries, tracks without artist, and empty playlists", async () => {
    const text = plist(
      playlist("gym", [101, 999, 107]) + playlist("empty", []),
      track(101, "Uprising", "Muse") + track(107, "Voice memo", ""),
    );
    const { rows, rejected } = await clean({ "Library.xml": text });
    expect(rows).toHaveLength(1);
    const line = (part: string) => text.slice(0, text.indexOf(part)).split("\n").length;
    expect(rejected.map(({ line, reason, detail, text }) => [line, reason, detail, text])).toEqual([
      [
        line("<integer>999<"),
        "not a play",
        'track 2 of playlist "gym": no such track in the collection',
        "999",
      ],
      [line("<integer>999<") + 3, "empty artist", 'track 3 of playlist "gym"', "Voice memo"],
      [line("<string>empty") - 1, "no tracks", 'playlist "empty"', "empty"],
    ]);
  });

  it("reads a smart playlist exported on its own, and never the library", async () => {
    expect((await clean({ "90.xml": plist(playlist("90’s", all, smart)) })).rows).toHaveLength(3);
    const { code, message, hint } = await failure({
      "Library.xml": plist(playlist("Library", all, entry("Master", true))),
    });
    expect(code).toBe("empty-input");
    expect(message).toMatch(
      /Library\.xml holds no playlist but the built-in lists of Apple Music \("Library"\)$/,
    );
    expect(hint).toMatch(/create or select a playlist/);
  });

  it("is not just any property list", async () => {
    const other = `<plist version="1.0"><dict>${entry("CFBundleName", "x")}</dict></plist>`;
    expect((await failure({ "Info.plist": other })).message).toMatch(/is a property list without tracks/);
  });
});

describe("a collection of rekordbox", () => {
  const text = `${declaration}
<DJ_PLAYLISTS Version="1.0.0">
  <PRODUCT Name="rekordbox" Version="6.8.5" Company="AlphaTheta"/>
  <COLLECTION Entries="2">
    <TRACK TrackID="41" Name="Café Del Mar" Artist="Energy 52" Album="" Kind="MP3 File" AverageBpm="130.00"
           Location="file://localhost/C:/Music/caf%c3%a9.mp3" TotalTime="317">
      <TEMPO Inizio="0.025" Bpm="130.00" Metro="4/4" Battito="1"/>
      <POSITION_MARK Name="Drop" Type="0" Start="61.5" Num="0"/>
    </TRACK>
    <TRACK TrackID="43" Name="Moby - Disco Lies (Freemasons Remix)" Artist=""/>
    <TRACK TrackID="42" Name="Sky &amp; Sand" Artist="Paul Kalkbrenner" Location="file://localhost/C:/Music/sky.mp3"/>
  </COLLECTION>
  <PLAYLISTS>
    <NODE Type="0" Name="ROOT" Count="2">
      <NODE Name="2024" Type="0" Count="1">
        <NODE Name="Friday" Type="1" KeyType="0" Entries="3">
          <TRACK Key="42"/>
          <TRACK Key="41"/>
          <TRACK Key="77"/>
          <TRACK Key="43"/>
        </NODE>
      </NODE>
      <NODE Name="Friday" Type="1" KeyType="1" Entries="1">
        <TRACK Key="file://localhost/C:/Music/caf%c3%a9.mp3"/>
      </NODE>
    </NODE>
  </PLAYLISTS>
</DJ_PLAYLISTS>
`;

  it("has its playlists, with tracks by id or by location", async () => {
    const { rows, rejected, facts } = await clean({ "rekordbox.xml": text });
    expect(facts.form).toBe("rekordbox");
    expect(rows).toEqual([
      [0, null, "Paul Kalkbrenner", "Sky & Sand", "2024/Friday"],
      [1, null, "Energy 52", "Café Del Mar", "2024/Friday"],
      [3, null, "Moby", "Disco Lies (Freemasons Remix)", "2024/Friday"],
      [4, null, "Energy 52", "Café Del Mar", "Friday"],
    ]);
    expect(rejected).toMatchObject([{ line: 20, reason: "not a play", text: "77" }]);
  });
});

describe("a collection of Traktor", () => {
  const key = "Macintosh HD/:Users/:me/:Music/:sky &amp; sand.mp3";
  const list = (name: string, type: string, inside: string) =>
    `<NODE TYPE="${type}" NAME="${name}">${inside}</NODE>\n`;
  const entries = (keys: readonly string[]) =>
    `<PLAYLIST ENTRIES="${keys.length}" TYPE="LIST" UUID="a1">${keys
      .map((at) => `<ENTRY><PRIMARYKEY TYPE="TRACK" KEY="${at}"></PRIMARYKEY></ENTRY>\n`)
      .join("")}</PLAYLIST>`;
  const text = `<?xml version="1.0" encoding="UTF-8" standalone="no" ?>
<NML VERSION="19"><HEAD COMPANY="www.native-instruments.com" PROGRAM="Traktor"></HEAD>
<MUSICFOLDERS></MUSICFOLDERS>
<COLLECTION ENTRIES="1"><ENTRY MODIFIED_DATE="2024/5/1" TITLE="Sky &amp; Sand" ARTIST="Paul Kalkbrenner"><LOCATION DIR="/:Users/:me/:Music/:" FILE="sky &amp; sand.mp3" VOLUME="Macintosh HD" VOLUMEID="x"></LOCATION>
<ALBUM TITLE="Berlin Calling"></ALBUM><TEMPO BPM="125"></TEMPO></ENTRY>
</COLLECTION>
<PLAYLISTS><NODE TYPE="FOLDER" NAME="$ROOT"><SUBNODES COUNT="3">
${list("_RECORDINGS", "PLAYLIST", entries([key]))}${list("House", "SMARTLIST", '<SMARTLIST UUID="b"><SEARCH_EXPRESSION VERSION="1" QUERY="$GENRE == &quot;House&quot;"></SEARCH_EXPRESSION></SMARTLIST>')}${list("Friday", "PLAYLIST", entries([key, "Macintosh HD/:gone.mp3"]))}</SUBNODES></NODE></PLAYLISTS>
</NML>
`;

  it("has its playlists, and says what it leaves out", async () => {
    const { rows, rejected, facts } = await clean({ "collection.nml": text });
    expect(facts.form).toBe("traktor");
    expect(rows).toEqual([[0, null, "Paul Kalkbrenner", "Sky & Sand", "Friday"]]);
    expect(rejected).toMatchObject([{ line: 12, reason: "not a play", text: "Macintosh HD/:gone.mp3" }]);
    expect(facts.notes).toEqual([
      expect.stringMatching(
        /collection\.nml: left out the built-in lists of Traktor \("_RECORDINGS"\), the smart playlists \("House"\)$/,
      ),
    ]);
  });
});

describe("broken or foreign XML", () => {
  it.each([
    [
      "cut short",
      "<playlist>\n<trackList>\n<track><title>x",
      /a\.xspf, line 3: not well-formed XML: Unclosed root tag/,
    ],
    [
      "crossed",
      "<playlist>\n<track>\n</trackList></playlist>",
      /a\.xspf, line 3: not well-formed XML: Unexpected close tag/,
    ],
    [
      "in too deep",
      `<playlist>\n${"<a>".repeat(2_000)}`,
      /line 2: not well-formed XML: elements nested too deeply/,
    ],
    [
      "with a bare &",
      "<playlist>\n<track><title>R & B</title></track></playlist>",
      /line 2: not well-formed XML/,
    ],
  ])("%s is refused with its line", async (_, text, message) => {
    const failed = await failure({ "a.xspf": text });
    expect(failed).toMatchObject({ code: "damaged", left: [] });
    expect(failed.message).toMatch(message);
    expect(failed.hint).toMatch(/export or copy it again/);
  });

  it.each([
    [
      "WPL",
      '<?wpl version="1.0"?>\n<smil><head/></smil>',
      /XML of another kind: its first element is <smil>/,
    ],
    ["of a long name", `<${"a".repeat(3_000)}>`, /its first element is <a{200}…>$/],
    ["a feed", `${declaration}<rss version="2.0"/>`, /its first element is <rss>/],
    ["nothing but its declaration", declaration, /XML of another kind$/],
  ])("%s is refused, with what is read", async (_, text, message) => {
    const failed = await failure({ "a.xml": text });
    expect(failed).toMatchObject({ code: "foreign", left: [] });
    expect(failed.message).toMatch(message);
    expect(failed.hint).toMatch(/XSPF, .* Apple Music and iTunes, .* rekordbox and Traktor/);
  });

  it("a YouTube history as a web page: says how to get it as JSON", async () => {
    const page =
      "<html><head><title>YouTube</title><style>.mdl-grid{display:flex}</style></head><body></body></html>";
    expect((await failure({ "watch-history.html": page })).hint).toMatch(/with JSON instead of HTML/);
  });

  it.each([
    ["that grow", '<!ENTITY a "ha">\n<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">', "&b;"],
    ["from elsewhere", '<!ENTITY b SYSTEM "file:///etc/hostname">', "&b;"],
  ])("entities %s are never expanded", async (_, declared, used) => {
    const text = `<?xml version="1.0"?>\n<!DOCTYPE playlist [${declared}]>\n<playlist><trackList>\n<track><title>${used}</title><creator>x</creator></track></trackList></playlist>`;
    const failed = await failure({ "bomb.xspf": text });
    expect(failed).toMatchObject({ code: "damaged", left: [] });
    expect(failed.message).toMatch(/not well-formed XML: Invalid character entity/);
  });
});
