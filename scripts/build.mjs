/**
 * Builds dist/: the AssemblyScript kernels to wasm, src/ to JavaScript, and the files that are read at run time (.sql).
 * The web studio is built only where its sources are newer than what was built. `--no-web` leaves it out.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

function run(command, args) {
  const done = spawnSync(process.execPath, [command, ...args], { stdio: "inherit" });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

function filesUnder(folder, wanted) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && wanted(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

const newest = (files) => files.reduce((latest, file) => Math.max(latest, statSync(file).mtimeMs), 0);

function isStale(target, sources) {
  return !existsSync(target) || statSync(target).mtimeMs < newest(sources);
}

// Kernels: each assembly/<name>.ts with no underscore in front is one wasm module; the rest are its parts.
mkdirSync("dist/assembly", { recursive: true });
const assemblySources = filesUnder("assembly", (name) => name.endsWith(".ts"));
for (const entry of existsSync("assembly")
  ? readdirSync("assembly").filter((f) => f.endsWith(".ts") && !f.startsWith("_"))
  : []) {
  // With memory that threads share, and with plain memory for where SharedArrayBuffer is missing; the training kernel also with
  // fused multiply-add, for engines that have relaxed SIMD.
  for (const shared of [true, false]) {
    for (const relaxed of entry === "track2vec.ts" ? [true, false] : [false]) {
      const variant = `${shared ? "" : "-unshared"}${relaxed ? "-relaxed" : ""}`;
      const out = `dist/assembly/${entry.replace(/\.ts$/, `${variant}.wasm`)}`;
      if (!isStale(out, assemblySources)) continue;
      const options = [
        "-O3",
        "--noAssert",
        "--runtime",
        "stub",
        "--enable",
        "simd",
        "--enable",
        "bulk-memory",
      ];
      const memory = ["--importMemory", "--initialMemory", "1", "--maximumMemory", "65536"];
      if (shared) memory.push("--enable", "threads", "--sharedMemory");
      if (relaxed) options.push("--enable", "relaxed-simd");
      run("node_modules/assemblyscript/bin/asc.js", [`assembly/${entry}`, "-o", out, ...options, ...memory]);
    }
  }
}

run("node_modules/typescript-native/bin/tsc", ["-p", "tsconfig.build.json"]);

for (const file of filesUnder("src", (name) => /\.(sql|html|css)$/.test(name))) {
  const target = join("dist", relative("src", file));
  mkdirSync(dirname(target), { recursive: true });
  cpSync(file, target);
}

// The font that charts are drawn with, where a machine has none: two files of a development dependency, with their licence.
mkdirSync("dist/fonts", { recursive: true });
for (const [from, to] of [
  ["400Regular/Inter_400Regular.ttf", "Inter-Regular.ttf"],
  ["600SemiBold/Inter_600SemiBold.ttf", "Inter-SemiBold.ttf"],
  ["LICENSE_FONT", "LICENSE-OFL.txt"],
])
  cpSync(join("node_modules/@expo-google-fonts/inter", from), join("dist/fonts", to));

if (!process.argv.includes("--no-web") && existsSync("web/vite.config.ts")) {
  const sources = filesUnder("web", (name) => !name.endsWith(".test.ts"));
  if (isStale("dist/web/index.html", sources))
    run("node_modules/vite/bin/vite.js", ["build", "web", "--logLevel", "warn"]);
}
