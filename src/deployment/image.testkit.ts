/**
 * Builds docker/Dockerfile with buildah, without a network: the base image consists of this machine's node, npm and libraries, and the
 * package bundles its dependencies. Takes two minutes.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "tar";
import { packageRoot } from "../system/index.js";

const found = process.getuid?.() === 0 && spawnSync("buildah", ["--version"]).status === 0;

/** Whether the image can and should be built. */
export const buildsImage = found && process.env.SEGUE_TEST_IMAGE !== "0";

export const imageSkipped = found
  ? "skipped: building docker/Dockerfile, because SEGUE_TEST_IMAGE is 0"
  : "skipped: building docker/Dockerfile; it needs buildah, and root (apt-get install buildah)";

export interface Image {
  run(command: readonly string[], options: { model: string; port: number }): ChildProcess;
  remove(): void;
}

const baseScript = `
set -eu
R="$1"
mkdir -p "$R/usr/bin" "$R/usr/lib/node_modules" "$R/usr/local/bin" "$R/bin" "$R/tmp" "$R/etc" "$R/root" "$R/opt/ml"
chmod 1777 "$R/tmp"
cp -L "$2" "$R/usr/bin/node"
cp -a "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$R/usr/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$R/usr/bin/npm"
for tool in sh env rm; do cp -L "$(command -v $tool)" "$R/usr/bin/$tool"; done
ln -s ../usr/bin/sh "$R/bin/sh"
for tool in node sh env rm; do ldd "$R/usr/bin/$tool" | grep -o '/[^ ]*'; done | sort -u | while read -r library; do
  mkdir -p "$R$(dirname "$library")"
  cp -L "$library" "$R$library"
done
printf 'root:x:0:0::/root:/bin/sh\\nnode:x:1000:1000::/root:/bin/sh\\n' > "$R/etc/passwd"
`;

export async function buildImage(folder: string): Promise<Image> {
  const store = [
    "--storage-driver",
    "vfs",
    "--root",
    join(folder, "store"),
    "--runroot",
    join(folder, "run"),
  ];
  const buildah = (...args: string[]) => {
    const ran = spawnSync("buildah", [...store, ...args], { encoding: "utf8" });
    if (ran.status !== 0) throw new Error(`buildah ${args[0]} failed: ${ran.stderr.slice(-2000)}`);
    return ran.stdout.trim();
  };
  const rootfs = join(folder, "rootfs");
  mkdirSync(rootfs, { recursive: true });
  const made = spawnSync("sh", ["-c", baseScript, "sh", rootfs, process.execPath], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`no base image: ${made.stderr}`);
  const base = buildah("from", "scratch");
  buildah("copy", "-q", base, rootfs, "/");
  buildah("commit", "-q", "--rm", base, "localhost/segue-base");

  const context = join(folder, "context");
  mkdirSync(context);
  cpSync(join(packageRoot, "docker"), join(context, "docker"), { recursive: true });
  await packWithDependencies(join(folder, "stage"), join(context, "segue.tgz"));
  const args = ["--build-arg", "BASE=localhost/segue-base", "--build-arg", "PACKAGE=segue.tgz"];
  const file = join(context, "docker/Dockerfile");
  buildah(
    "bud",
    "-q",
    "--isolation",
    "chroot",
    "--pull-never",
    ...args,
    "-f",
    file,
    "-t",
    "localhost/segue",
    context,
  );
  const container = buildah("from", "--pull-never", "localhost/segue");
  return {
    run: (command, { model, port }) => {
      const place = ["-v", `${model}:/opt/ml/model:ro`, "-e", `SAGEMAKER_BIND_TO_PORT=${port}`];
      // In its own process group, so that a signal reaches both buildah and its command.
      return spawn(
        "buildah",
        [...store, "run", "--isolation", "chroot", ...place, container, "--", ...command],
        {
          stdio: ["ignore", "inherit", "inherit"],
          detached: true,
        },
      );
    },
    remove: () => {
      spawnSync("buildah", [...store, "rm", container]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Like `npm pack`, but with the dependencies inside, so that `npm install` needs no registry. */
async function packWithDependencies(stage: string, file: string): Promise<void> {
  const read = (name: string) => JSON.parse(readFileSync(join(packageRoot, name), "utf8"));
  const { devDependencies: _, ...manifest } = read("package.json");
  const { packages } = read("package-lock.json") as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  const nested = /\/node_modules\/.*\/node_modules\//;
  const needed = Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== "" && !dev && !devOptional && !nested.test(`/${path}`))
    .map(([path]) => path);
  for (const path of ["dist", "conf", ...needed]) {
    const source = join(packageRoot, path);
    if (existsSync(source)) cpSync(source, join(stage, "package", path), { recursive: true });
  }
  writeFileSync(
    join(stage, "package/package.json"),
    JSON.stringify({ ...manifest, bundleDependencies: true }),
  );
  await create({ cwd: stage, file, gzip: { level: 1 } }, ["package"]);
}
