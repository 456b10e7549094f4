import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderOfEachTest } from "../../../system/files/temporary-folder.testkit.js";
import { findInputs } from "./input-files.js";

const at = folderOfEachTest("inputs");

it("uses a file with several names once, at its first place and by its first name", async () => {
  await mkdir(at("sub"));
  for (const name of ["a.csv", "b.csv"]) await writeFile(at(name), name);
  await symlink(at("a.csv"), at("c.csv"));
  const named = ["b.csv", "sub/../b.csv", "*.csv", "./a.csv"].map((name) => `${at()}/${name}`);
  const found = await findInputs(named);
  expect(found.map(({ path }) => path)).toEqual([`${at()}/b.csv`, `${at()}/a.csv`]);
});

it("says of a at() which glob finds its files, and how to pass an unpacked archive", async () => {
  const data = at("my data");
  await mkdir(join(data, "Takeout", "lists"), { recursive: true });
  await writeFile(join(data, "Takeout", "archive_browser.html"), "");
  const refused = (): Promise<{ hint: string }> =>
    findInputs([`${data}/`]).then(
      () => expect.fail("a at() is read"),
      (error) => error,
    );
  expect((await refused()).hint).toContain(`'${data}/*.csv'`);
  await writeFile(join(data, "Takeout", "lists", "a.json.gz"), "");
  const { hint } = await refused();
  expect(hint).toMatch(/; or, if an archive was unpacked there, .*: zip -r 'my data\.zip' '[^']+my data'$/);
  const glob = /'([^']+)'/.exec(hint)![1]!;
  expect((await findInputs([glob])).map(({ path }) => path)).toEqual([`${data}/Takeout/lists/a.json.gz`]);
});

it.each([
  ["s3://bucket/*.csv", /only files on this machine/],
  ["file:///data/mine.csv", /only files on this machine/],
  ["~/mine.csv", /write \$HOME$/],
  ["mine.csv", /^check the path/],
])("says why there may be no file %s", async (path, hint) => {
  await expect(findInputs([path])).rejects.toMatchObject({
    code: "missing-input",
    hint: expect.stringMatching(hint),
  });
});

it.skipIf(process.platform !== "linux")("says that a name is not UTF-8, as in old archives", async () => {
  await writeFile(Buffer.concat([Buffer.from(at("caf")), Buffer.from([0xe9]), Buffer.from(".m3u")]), "");
  await expect(findInputs([at("*.m3u")])).rejects.toMatchObject({
    message: `a file that ${at("*.m3u")} matches has a name that is not UTF-8`,
    hint: expect.stringMatching(/^rename it/),
    code: "unreadable-input",
  });
});
