/** The package as those who install it see it: every TypeScript example of the docs is complete and of the package's types. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  createProgram,
  forEachChild,
  isTypeReferenceNode,
  ModuleKind,
  type Node,
  ScriptTarget,
  SymbolFlags,
  type Symbol as TypeScriptSymbol,
  transpile,
} from "typescript";
import { describe, expect, it } from "vitest";
import { folderOfTests } from "./system/files/temporary-folder.testkit.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const hasTypes = existsSync(join(root, "dist/index.d.ts"));
if (!hasTypes) console.log("dist/ has no types: build without --run-only to check the docs' examples");

const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith(".md"),
);
const examples = pages.flatMap((path) =>
  [...readFileSync(join(root, path), "utf8").matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```/gm)].map(
    (found, i) => ({ page: path, name: `${basename(path, ".md")}-${i + 1}.ts`, code: found[1]! }),
  ),
);

const packageJson = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  exports: Record<string, { default: string; types: string }>;
  dependencies: Record<string, string>;
  overrides?: unknown;
};

/** A flow with everything that its type may be made of. */
const branches = `
import { file, flow, type RunReader, Segue, table } from "segue/workflow";
export const everything = flow("everything", { module: import.meta.url })
  .step("start", () => ({ grid: table([{ a: 1 }]), weights: new Float32Array(3) }))
  .step("left", () => ({ x: 1 }))
  .step("right", { after: "start", catch: "wrong" }, () => ({ y: file("model.bin") }))
  .join("both", { after: ["left", "right"] }, ({ inputs }) => ({ z: inputs.left.x }))
  .foreach("each", { over: "grid", catch: "failed" }, ({ item }) => ({ b: item.a }))
  .join("end", ({ inputs, artifacts }) => ({ best: inputs[0]?.b ?? artifacts.z }));
export const latest = Segue.flow("everything").latestRun;
export const figures = async (run: RunReader) => ({ tasks: await run.tasks(), left: await run.task("left").artifacts() });
`;

const folder = folderOfTests("library");
// As after `npm install segue pg zod` with the types of Node and pg: what Segue depends on lies beside it.
mkdirSync(join(folder, "node_modules/segue"), { recursive: true });
for (const name of ["package.json", "dist"])
  symlinkSync(join(root, name), join(folder, "node_modules/segue", name));
for (const name of readdirSync(join(root, "node_modules")))
  if (!name.startsWith("."))
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');

/** What the compiler says, told to be strict. */
function compiled(...args: string[]): { status: number | null; stdout: string } {
  const compiler = join(root, "node_modules/typescript-native/bin/tsc");
  const options = [
    "--strict",
    "--target",
    "es2022",
    "--types",
    "node",
    "--module",
    "nodenext",
    "--preserveSymlinks",
  ];
  const { stdout, status } = spawnSync(process.execPath, [compiler, ...options, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout };
}

describe("the examples of the docs", () => {
  it("are the expected ones", () => {
    expect(new Set(examples.map(({ page }) => page))).toEqual(
      new Set([
        "README.md",
        ...[
          "analysis",
          "bundle",
          "data",
          "deploy",
          "evaluation",
          "recommenders",
          "serving",
          "track2vec",
          "workflow",
        ].map((name) => `docs/${name}.md`),
      ]),
    );
  });

  it.skipIf(!hasTypes)(
    "compile strictly against the package, including its declarations, without the DOM library",
    () => {
      for (const { name, code } of examples) writeFileSync(join(folder, name), code);
      const names = examples.map(({ name }) => name);
      // What `tsc --init` proposes, and what it does not check then.
      const options = ["--skipLibCheck", "false", "--lib", "es2023", "--exactOptionalPropertyTypes"];
      expect(compiled("--noEmit", ...options, ...names)).toEqual({ status: 0, stdout: "" });
    },
    120_000,
  );

  it("of rules, reasons, longer lists and custom recommenders run", () => {
    const artists = ["Nina Simone", "Etta James"];
    const songs = ["Feeling Good", "At Last", "Sinnerman", "Sunday Kind of Love", "Misty", "Cry"];
    const lines = Array.from({ length: 60 }, (_, p) => {
      const chosen = Array.from(
        { length: 5 },
        (_, i) => [artists[(p + i) % 2]!, songs[(p + i * 5) % 6]!] as const,
      );
      return JSON.stringify({
        playlist_id: `p${p}`,
        tracks: chosen.map(([artist, song]) => `${artist}-${song}`),
        artists: chosen.map(([artist]) => artist),
        title: p % 2 === 0 ? "jazz" : "rainy sunday",
      });
    });
    writeFileSync(join(folder, "playlists.jsonl.gz"), lines.join("\n"));
    const run = (wanted: string) => {
      const { code } = examples.find(({ name }) => name === wanted)!;
      const script = wanted.replace(".ts", ".mjs");
      const javaScript = transpile(code, { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 });
      writeFileSync(join(folder, script), javaScript);
      return execFileSync(process.execPath, [script], { cwd: folder, encoding: "utf8", timeout: 30_000 });
    };
    const printed = run("recommenders-1.ts");
    expect(printed).toMatch(/^(Nina Simone|Etta James)-\S.* (after|with|near|same)/);
    expect(printed).toMatch(/\[\s*'/);
    expect(run("recommenders-2.ts")).toMatch(/^hit ratio@20: 1\nanswers at http:\S+\n$/);
  });
});

it("pins light-my-request as a dependency, since users of the package do not get overrides", () => {
  // Only Fastify imports it; from 6.8 on its dependencies need Node 22.
  expect(packageJson.dependencies["light-my-request"]).toBe("6.6.0");
  expect(packageJson.overrides).toBeUndefined();
});

it("includes the sources in its source maps, since src/ is not packed", () => {
  const { sourcesContent } = JSON.parse(readFileSync(join(root, "dist/index.js.map"), "utf8")) as {
    sourcesContent?: string[];
  };
  expect(sourcesContent).toEqual([readFileSync(join(root, "src/index.ts"), "utf8")]);
});

describe("the exports of the package", () => {
  let types: ReturnType<typeof readTypes> | undefined;
  const readTypes = () => {
    const files = Object.values(packageJson.exports).map(({ types }) => join(root, types));
    const program = createProgram(files, {
      module: ModuleKind.NodeNext,
      target: ScriptTarget.ES2022,
      strict: true,
    });
    return { files, program, checker: program.getTypeChecker() };
  };
  /** Read once: it takes seconds. */
  const typesOfDoors = () => (types ??= readTypes());

  it.skipIf(!hasTypes)(
    "document every function, class, method and option",
    () => {
      const { files, program, checker } = typesOfDoors();
      const isSilent = (symbol: TypeScriptSymbol) =>
        symbol.getDocumentationComment(checker).length === 0 && symbol.getJsDocTags(checker).length === 0;
      const membersOf = ({ members }: TypeScriptSymbol, flags: SymbolFlags) =>
        [...(members?.values() ?? [])].filter((member) => member.flags & flags);
      const silent: string[] = [];
      for (const file of files) {
        for (const named of checker.getExportsOfModule(
          checker.getSymbolAtLocation(program.getSourceFile(file)!)!,
        )) {
          const symbol = named.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(named) : named;
          const { name, flags } = symbol;
          const says = SymbolFlags.Function | SymbolFlags.Variable | SymbolFlags.Class;
          if (flags & says && isSilent(symbol)) silent.push(name);
          const parts =
            flags & SymbolFlags.Class
              ? membersOf(symbol, SymbolFlags.Method)
              : flags & SymbolFlags.Interface && /(Options|Settings|Input)$/.test(name)
                ? membersOf(symbol, SymbolFlags.Property)
                : [];
          for (const part of parts) if (isSilent(part)) silent.push(`${name}.${part.name}`);
        }
      }
      expect(silent).toEqual([]);
    },
    120_000,
  );

  it.skipIf(!hasTypes)(
    "export every type of arguments, and of parts of results",
    () => {
      /** What the compiler makes of flows, and what only Segue's own rooms hand to each other. */
      const own =
        /^(workflow\/(flow\/(flow|flow-types|types)|engines\/pool|parameters\/parameters|task\/task-spec)|serving\/(answers|metrics|model\/model-slot|routes))\b/;
      const { files, program, checker } = typesOfDoors();
      const itself = (symbol: TypeScriptSymbol) =>
        symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const exported = new Set(
        files.flatMap((file) => {
          const door = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
          return checker.getExportsOfModule(door).map(itself);
        }),
      );
      const nameless = new Map<string, string>();
      const look = (node: Node, by: string) => {
        if (isTypeReferenceNode(node)) {
          const found = checker.getSymbolAtLocation(node.typeName);
          const symbol = found && itself(found);
          const [, place] = symbol?.declarations?.[0]?.getSourceFile().fileName.split(`${root}dist/`) ?? [];
          if (
            place &&
            !own.test(place) &&
            !exported.has(symbol!) &&
            !(symbol!.flags & SymbolFlags.TypeParameter)
          )
            nameless.set(`${symbol!.name} of ${place}`, by);
        }
        forEachChild(node, (child) => look(child, by));
      };
      for (const symbol of exported) {
        const isInterface = (symbol.flags & SymbolFlags.Interface) > 0;
        const parts = isInterface
          ? checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
          : symbol.flags & SymbolFlags.Class
            ? [...(symbol.members?.values() ?? [])]
            : [symbol];
        for (const declaration of parts.flatMap((part) => part.declarations ?? []))
          if (!own.test(declaration.getSourceFile().fileName.split(`${root}dist/`)[1] ?? ""))
            look(declaration, symbol.name);
      }
      expect(Object.fromEntries(nameless)).toEqual({});
    },
    120_000,
  );

  it.skipIf(!hasTypes)(
    "may have undefined for every property that may be missing, also with exactOptionalPropertyTypes",
    () => {
      const { files, program, checker } = typesOfDoors();
      const lines = [
        // A method that may be missing cannot say so.
        'type Properties<T> = Exclude<keyof T, "close" | "openBeside" | "searchNow">;',
        "type Exact<T> = keyof { [K in Properties<T> as {} extends Pick<T, K> ? undefined extends Required<T>[K] ? never : K : never]: K };",
      ];
      for (const [i, door] of Object.keys(packageJson.exports).entries()) {
        lines.push(`import type * as d${i} from "segue${door.slice(1)}";`);
        const module = checker.getSymbolAtLocation(program.getSourceFile(files[i]!)!)!;
        for (const symbol of checker.getExportsOfModule(module)) {
          const type = checker.getDeclaredTypeOfSymbol(symbol);
          const isInterface = type.isClassOrInterface() && (type.symbol.flags & SymbolFlags.Class) === 0;
          if (!isInterface || type.typeParameters) continue;
          const name = `d${i}.${symbol.name}`;
          lines.push(`export const ${symbol.name}${i}: Array<never> = [] as Array<Exact<${name}>>;`);
        }
      }
      expect(lines.length).toBeGreaterThan(100);
      writeFileSync(join(folder, "exact.ts"), lines.join("\n"));
      expect(compiled("--noEmit", "--skipLibCheck", "--exactOptionalPropertyTypes", "exact.ts")).toEqual({
        status: 0,
        stdout: "",
      });
    },
    120_000,
  );

  it.skipIf(!hasTypes)(
    "export every return type, for packages that publish their own declarations",
    async () => {
      const doors = Object.entries(packageJson.exports).map(([door, { default: file }]) => [
        `segue${door.slice(1)}`,
        join(root, file),
      ]);
      const lines: string[] = [];
      for (const [i, [door, file]] of doors.entries()) {
        lines.push(`import * as d${i} from "${door}";`);
        for (const [name, value] of Object.entries((await import(file!)) as Record<string, unknown>)) {
          const isClass = /^class\b/.test(String(value));
          if (isClass) continue;
          lines.push(
            typeof value === "function"
              ? `export const d${i}_${name} = (...a: Parameters<typeof d${i}.${name}>) => d${i}.${name}(...a);`
              : `export const d${i}_${name} = d${i}.${name};`,
          );
        }
      }
      writeFileSync(join(folder, "doors.ts"), lines.join("\n"));
      writeFileSync(join(folder, "branches.ts"), branches);
      const result = compiled(
        "--declaration",
        "--emitDeclarationOnly",
        "--outDir",
        "types",
        "doors.ts",
        "branches.ts",
      );
      expect(result).toEqual({ status: 0, stdout: "" });
      expect(readFileSync(join(folder, "types/doors.d.ts"), "utf8")).not.toContain("segue/dist");
    },
    120_000,
  );
});

it("the build says how to get the development dependencies", () => {
  const checkout = join(folder, "checkout");
  mkdirSync(join(checkout, "scripts"), { recursive: true });
  const script = join(checkout, "scripts/build.mjs");
  copyFileSync(join(root, "scripts/build.mjs"), script);
  const { status, stderr } = spawnSync(process.execPath, [script, "--run-only"], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: [^\n]+ are not installed\n {2}→ npm ci --include=dev\n$/);
});
