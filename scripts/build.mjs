/**
 * Builds dist/: the AssemblyScript kernels to wasm, src/ to JavaScript, and copies of the files read at run time (.sql, .html, .css).
 * The web studio is built only if its sources are newer than the last build.
 *
 *   --no-web     leaves the studio out
 *   --run-only   only what is needed to run: no type check, no .d.ts, no studio
 */
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const isRunOnly = process.argv.includes("--run-only");

// The compilers are development dependencies.
if (!existsSync("node_modules/assemblyscript") || !existsSync("node_modules/typescript-native")) {
  console.error("error: the packages that build Segue are not installed\n  → npm ci --include=dev");
  process.exit(1);
}

function run(command, args) {
  const done = spawnSync(process.execPath, [command, ...args], { stdio: "inherit" });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

/** Runs the jobs, as many at once as there are cores. The first failure ends the build with its exit code. */
async function runAll(jobs) {
  const waiting = [...jobs];
  const work = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const child = spawn(process.execPath, job.args, { stdio: "inherit" });
      const code = await new Promise((resolve) =>
        child.once("exit", resolve).once("error", () => resolve(1)),
      );
      if (code !== 0) process.exit(code ?? 1);
      job.then?.();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

function filesUnder(folder, wanted) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && wanted(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const newest = (files) => files.reduce((latest, file) => Math.max(latest, statSync(file).mtimeMs), 0);

function isStale(target, sources) {
  return !existsSync(target) || statSync(target).mtimeMs < newest(sources);
}

/**
 * The same kernel with plain memory, for environments without SharedArrayBuffer. It differs in one byte, the flags of the imported
 * memory ("has a maximum, is shared" becomes "has a maximum").
 */
function withPlainMemory(wasm) {
  const memory = Buffer.from("\x03env\x06memory\x02\x03", "latin1");
  const at = wasm.indexOf(memory);
  if (at === -1 || wasm.indexOf(memory, at + 1) !== -1)
    throw new Error("the kernel does not import one shared memory as env.memory");
  const plain = Buffer.from(wasm);
  plain[at + memory.length - 1] = 1;
  return plain;
}

/** The jobs that compile stale kernels. Each assembly/<name>.ts without a leading underscore is a wasm module; the others are parts. */
function kernelJobs() {
  mkdirSync("dist/assembly", { recursive: true });
  const sources = filesUnder("assembly", (name) => name.endsWith(".ts"));
  const jobs = [];
  for (const entry of readdirSync("assembly").filter((f) => f.endsWith(".ts") && !f.startsWith("_"))) {
    // Some are also built for engines with relaxed SIMD.
    for (const relaxed of ["track2vec.ts", "nearest.ts"].includes(entry) ? [true, false] : [false]) {
      const name = entry.replace(/\.ts$/, "");
      const variant = relaxed ? "-relaxed" : "";
      const out = `dist/assembly/${name}${variant}.wasm`;
      const plain = `dist/assembly/${name}-unshared${variant}.wasm`;
      if (!isStale(out, sources) && !isStale(plain, sources)) continue;
      const unfinished = `dist/assembly/.${name}${variant}.wasm`;
      const args = [
        // Without this option the compiler would restart itself to set it.
        "--enable-source-maps",
        "node_modules/assemblyscript/bin/asc.js",
        ...[`assembly/${entry}`, "-o", unfinished, "-O3", "--noAssert", "--runtime", "stub"],
        ...["--enable", "simd", "--enable", "bulk-memory", "--enable", "threads"],
        ...["--importMemory", "--initialMemory", "1", "--maximumMemory", "65536", "--sharedMemory"],
        ...(relaxed ? ["--enable", "relaxed-simd"] : []),
      ];
      const then = () => {
        writeFileSync(plain, withPlainMemory(readFileSync(unfinished)));
        renameSync(unfinished, out);
      };
      jobs.push({ args, then });
    }
  }
  return jobs;
}

/**
 * The sources are compiled without `exactOptionalPropertyTypes`, so their optional properties may also be undefined. The declarations
 * say so, since `tsc --init` turns that option on for those who import them.
 */
async function sayUndefined() {
  const { default: ts } = await import("typescript");
  const isOptional = (node) =>
    (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) && node.questionToken && node.type;
  for (const file of filesUnder("dist", (name) => name.endsWith(".d.ts"))) {
    let text = readFileSync(file, "utf8");
    const inserts = [];
    const look = (node) => {
      if (isOptional(node) && !node.type.getText().endsWith("undefined")) {
        const isAtom = !ts.isFunctionTypeNode(node.type) && !ts.isConditionalTypeNode(node.type);
        if (!isAtom) inserts.push([node.type.getStart(), "("]);
        inserts.push([node.type.end, isAtom ? " | undefined" : ") | undefined"]);
      }
      ts.forEachChild(node, look);
    };
    look(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
    // From the end, so that the places before stay where they are.
    for (const [at, what] of inserts.sort(([a], [b]) => b - a))
      text = text.slice(0, at) + what + text.slice(at);
    writeFileSync(file, text);
  }
}

// `npm start` skips the type check, which was done during development; the JavaScript is byte-identical.
const unchecked = ["--noCheck", "--declaration", "false", "--noResolve", "--types", ""];
const compiler = {
  args: [
    "node_modules/typescript-native/bin/tsc",
    ...["-p", "tsconfig.build.json", ...(isRunOnly ? unchecked : [])],
  ],
};
await runAll(isRunOnly ? [...kernelJobs(), compiler] : [compiler, ...kernelJobs()]);
if (!isRunOnly) await sayUndefined();

for (const file of filesUnder("src", (name) => /\.(sql|html|css)$/.test(name))) {
  const target = join("dist", relative("src", file));
  mkdirSync(dirname(target), { recursive: true });
  cpSync(file, target);
}

// What an earlier build made of sources that have moved or gone: it would be packed, too.
for (const file of filesUnder("dist", () => true)) {
  const path = relative("dist", file);
  const source = join("src", path);
  const isOfSource = [source, source.replace(/(\.d)?\.[jt]s(\.map)?$/, ".ts")].some((origin) =>
    existsSync(origin),
  );
  if (!/^(assembly|fonts|web)\b/.test(path) && !isOfSource) rmSync(file);
}

// The font of charts, for machines without it: two files of a development dependency, with their licence.
mkdirSync("dist/fonts", { recursive: true });
for (const [from, to] of [
  ["400Regular/Inter_400Regular.ttf", "Inter-Regular.ttf"],
  ["600SemiBold/Inter_600SemiBold.ttf", "Inter-SemiBold.ttf"],
  ["LICENSE_FONT", "LICENSE-OFL.txt"],
])
  cpSync(join("node_modules/@expo-google-fonts/inter", from), join("dist/fonts", to));

if (!isRunOnly && !process.argv.includes("--no-web")) {
  const sources = filesUnder("web", (name) => !name.endsWith(".test.ts"));
  if (isStale("dist/web/index.html", sources))
    run("node_modules/vite/bin/vite.js", ["build", "web", "--logLevel", "warn"]);
}
