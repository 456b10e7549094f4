/**
 * Draws docs/images/analysis-power-law.png and analysis-map.png, as `segue analyze` writes them for generated sample playlists. Needs
 * a build: node scripts/analysis-pictures.mjs
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const cwd = mkdtempSync(join(tmpdir(), "segue-pictures-"));
const segue = (...args) => execFileSync(process.execPath, [join(root, "dist/cli/main.js"), ...args], { cwd });

try {
  segue("sample", "--output", "sample.csv");
  segue("analyze", "sample.csv", "--output", "pictures");
  for (const name of ["power-law", "map"])
    copyFileSync(join(cwd, "pictures", `${name}.png`), join(root, "docs/images", `analysis-${name}.png`));
} finally {
  rmSync(cwd, { recursive: true, force: true });
}
