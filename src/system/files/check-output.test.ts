import { existsSync } from "node:fs";
import { mkdir, open, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { checkOutput, writeFileAtomic } from "../index.js";
import { folderOfTests } from "./temporary-folder.testkit.js";

const folder = folderOfTests("output");
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  await writeFile(at("file"), "kept");
  await mkdir(at("folder"));
  await symlink("/dev/null", at("to-null"));
});

it("accepts writable paths, and leaves nothing behind", async () => {
  for (const path of [at("file"), at("new"), at("new/below/it"), at("folder/new")]) await checkOutput(path);
  for (const path of [at("folder"), at("new"), at("new/below/it")]) await checkOutput(path, "folder");
  expect((await readdir(folder)).sort()).toEqual(["file", "folder", "to-null"]);
  expect(await readdir(at("folder"))).toEqual([]);
});

it("refuses paths that cannot be written, as misuse", async () => {
  for (const [path, kind, message] of [
    [at("folder"), "file", `${at("folder")} is a folder`],
    [`${at("new")}/`, "file", `${at("new")}/ is a folder`],
    [at("file"), "folder", `${at("file")} is a file`],
    [at("file/below"), "file", `${at("file")} is not a folder, so ${at("file/below")} cannot be written`],
    ["/dev/null", "file", "/dev/null is not an ordinary file"],
    [at("to-null"), "file", `${at("to-null")} is not an ordinary file`],
    ["-", "file", '"-" is not a file'],
    ["s3://bucket/new", "folder", "s3://bucket/new is not a path on this machine"],
  ] as const)
    await expect(checkOutput(path, kind)).rejects.toMatchObject({ message, exitCode: 2 });
  // No temporary file fits beside it, although the name itself is allowed.
  const long = "x".repeat(250);
  for (const [path, kind] of [
    [at(long), "file"],
    [at(`new/${long}`), "file"],
    [at(`${long}/`), "folder"],
  ] as const)
    await expect(checkOutput(path, kind)).rejects.toMatchObject({
      message: `cannot use ${path}: its name is too long`,
      code: "disk",
    });
  await expect(writeFileAtomic(at("to-null"), "x")).rejects.toMatchObject({ exitCode: 2 });
});

it.skipIf(!existsSync("/dev/fd/0"))("refuses links of the system, even if they lead to a file", async () => {
  const file = await open(at("file"));
  try {
    // Checked alone: a write that were let through would put a file where this machine has its link.
    await expect(checkOutput(`/dev/fd/${file.fd}`)).rejects.toMatchObject({ exitCode: 2 });
  } finally {
    await file.close();
  }
  await symlink(at("file"), at("link"));
  await checkOutput(at("link"));
});

it.skipIf(!existsSync("/proc/self"))("names the path as given if the system refuses it", async () => {
  const refused = { name: "SegueError", message: expect.stringMatching(/^cannot use \/proc\/v3\.bin: /) };
  await expect(checkOutput("/proc/v3.bin")).rejects.toMatchObject(refused);
  // Written at once, the error is Node's own, since callers look for its code; it names no temporary file either.
  await expect(writeFileAtomic("/proc/v3.bin", "x")).rejects.toMatchObject({
    code: "ENOENT",
    path: "/proc/v3.bin",
  });
});
