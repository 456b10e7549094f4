/**
 * Leftovers of killed processes. What a process must remove in the end bears its mark in its name, so that another one can remove it if
 * that process was killed.
 */
import { hash } from "node:crypto";
import { readdirSync, readlinkSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve, sep } from "node:path";
import { bornOf, isAlive } from "../machine/processes.js";

/**
 * Names the machine, or the container, whose process numbers this process sees. Containers that share a folder, and even a host name,
 * number their processes separately.
 */
export const thisMachine = hash("sha256", `${hostname()} ${processNumbers()}`).slice(0, 8);

function processNumbers(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

const marked = /[.-]([0-9a-f]{8})-(\d+)-(\d*)-[\w-]+(\.tmp)?$/;

/**
 * The mark of process `pid`: its machine, its number and when it started, such as "1f0c22ab-4711-88231". In a name it comes after a dot
 * or a hyphen, and before a hyphen and a word that makes the name unique.
 */
export const ownerMark = (pid = process.pid): string => `${thisMachine}-${pid}-${bornOf(pid) ?? ""}`;

/** Whether a name bears the mark of a process of this machine that has ended; false if it has none. */
export function isLeftOver(name: string): boolean {
  const [, host, pid, born] = marked.exec(name) ?? [];
  return host === thisMachine && !isAlive(Number(pid), born || undefined);
}

/** The place that users know: the parent of the first folder in `path` that bears a mark, or the file that one stands in for. */
export function withoutMark(path: string): string {
  const parts = path.split(sep);
  const place = parts.findIndex((name) => marked.test(name));
  if (place < 0) return path;
  const name = parts[place]!;
  const known = name.endsWith(".tmp") ? [name.replace(marked, "")] : [];
  return [...parts.slice(0, place), ...known].join(sep) || sep;
}

const swept = new Set<string>();

/** Removes what killed processes left directly in `folder`, once per folder: a process that writes there often looks only at first. */
export function sweepLeftovers(folder: string): void {
  const path = resolve(folder);
  if (swept.has(path)) return;
  swept.add(path);
  let names: string[];
  try {
    names = readdirSync(path);
  } catch {
    return; // No such folder yet, or none that this user may read; the write that follows says what is wrong, if anything is.
  }
  for (const name of names.filter(isLeftOver)) {
    try {
      rmSync(join(path, name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}
