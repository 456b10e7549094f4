/**
 * The whole main job on a generated file of the size and shape of the #nowplaying data: 12.9 million rows, 82 tracks a playlist, two
 * million tracks. Prints the seconds of every step and the peak memory of all its processes together (Linux: the sum of their Pss, read
 * every two seconds). The bar: 8 minutes and 6 GB on two cores.
 *
 *     node bench/full-size.mjs [--rows 12900000] [--mean-length 82] [--keep folder]
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArguments, repository } from "./support.mjs";

const { values } = parseArguments({
  options: {
    rows: { type: "string", default: "12900000" },
    "mean-length": { type: "string", default: "82" },
    keep: { type: "string" },
  },
});
const segue = join(repository, "dist/cli/main.js");
if (values.keep !== undefined) mkdirSync(values.keep, { recursive: true });
const folder = values.keep ?? mkdtempSync(join(tmpdir(), "segue-full-size-"));

/** Runs segue in the folder; passes its output to `onLine`. */
async function run(args, onLine) {
  const child = spawn(process.execPath, [segue, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more) => {
    text += more;
    const lines = text.split("\n");
    text = lines.pop();
    for (const line of lines) onLine(line);
  });
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, megabytesOf(child.pid));
  }, 2000);
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`segue ${args[0]} ended with ${code}`);
  return most;
}

/** The memory of a process and its descendants in MB, shared pages counted once; 0 if unknown. */
function megabytesOf(root) {
  const parents = new Map();
  for (const entry of process.platform === "linux" ? readdirSync("/proc") : []) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = read(`/proc/${entry}/stat`);
    if (stat !== undefined)
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const isBelow = (pid) => {
    for (let at = pid; at !== undefined && at > 1; at = parents.get(at)) if (at === root) return true;
    return false;
  };
  let kilobytes = 0;
  for (const pid of parents.keys()) {
    if (isBelow(pid))
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "")?.[1] ?? 0);
  }
  return kilobytes / 1024;
}

/** Undefined if the process has ended meanwhile. */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

try {
  const sample = [
    "sample",
    "--rows",
    values.rows,
    "--mean-length",
    values["mean-length"],
    "--output",
    "full.csv",
  ];
  await run(sample, (line) => console.log(line));
  const began = performance.now();
  const most = await run(["run", "--input", "full.csv"], (line) => {
    if (/ done in |hit ratio@|playlists|test /.test(line)) console.log(line);
  });
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `\n${values.rows} rows: ${seconds.toFixed(0)} s (bar: 480), ` +
      `${most === 0 ? "memory not known here" : `${(most / 1000).toFixed(1)} GB at most`} (bar: 6)`,
  );
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}
