/**
 * Completes package-lock.json after `npm install` from a mirror that has only this platform's binaries: npm 11's `npm ci` needs an entry
 * for every optional package, including those of other platforms. Run it after each change of dependencies:
 * `node scripts/complete-lock.mjs`.
 */
import { readFileSync, writeFileSync } from "node:fs";

const path = "package-lock.json";
const lock = JSON.parse(readFileSync(path, "utf8"));
const systems = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const processors = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];
const packages = lock.packages;
let added = 0;

/** Whether Node would find `name` from the package at `place`. */
function isInstalled(place, name) {
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules/") - 1))) {
    if (`${at === "" ? "" : `${at}/`}node_modules/${name}` in packages) return true;
    if (at === "") return false;
  }
}

for (const [place, entry] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isInstalled(place, name)) continue;
    const words = name.split(/[-/]/);
    const os = systems.filter(
      (system) => words.includes(system) || (system === "win32" && words.includes("windows")),
    );
    const cpu = processors.filter((processor) => words.includes(processor));
    packages[`node_modules/${name}`] = {
      version: range.replace(/^[\^~]/, ""),
      ...(cpu.length > 0 ? { cpu } : {}),
      ...(entry.dev ? { dev: true } : {}),
      ...(os.includes("linux") ? { libc: [/musl/.test(name) ? "musl" : "glibc"] } : {}),
      optional: true,
      // A package whose name has no system must never be installed here: it is not on the mirror.
      os: os.length > 0 ? os : ["none"],
    };
    added++;
  }
}
for (const entry of Object.values(packages)) delete entry.resolved;
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} optional packages of other platforms added`);
