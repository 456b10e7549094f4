/**
 * The arrows between rooms: what each folder under src/ may import. Anything not listed is an error, so a new room
 * has to say here what it stands on.
 */
const arrows = {
  system: [],
  corpus: ["system"],
  storage: ["system"],
  charts: ["system"],
  workflow: ["system", "storage", "charts"],
  playlists: ["system", "corpus"],
  track2vec: ["system", "corpus"],
  recommenders: ["system", "corpus", "track2vec"],
  // evaluation sees the contract of recommenders and none of them.
  evaluation: ["system", "corpus", "recommenders/contract"],
  analysis: ["system", "corpus", "track2vec", "charts"],
  bundle: ["system", "corpus", "storage", "track2vec", "recommenders"],
  serving: ["system", "corpus", "track2vec", "recommenders", "bundle"],
  // The studio's server: everything there is to look at.
  studio: [
    "system",
    "corpus",
    "storage",
    "charts",
    "workflow",
    "track2vec",
    "recommenders",
    "analysis",
    "bundle",
    "serving",
  ],
  deployment: ["system", "storage", "bundle", "serving"],
  flows: [
    "system",
    "corpus",
    "storage",
    "charts",
    "workflow",
    "playlists",
    "track2vec",
    "recommenders",
    "evaluation",
    "analysis",
    "bundle",
    "serving",
    "deployment",
  ],
};
arrows.cli = [...Object.keys(arrows)];

module.exports = {
  forbidden: [
    ...Object.entries(arrows).map(([room, may]) => ({
      name: `arrows-of-${room}`,
      severity: "error",
      from: { path: `^src/${room}/`, pathNot: "\\.(test|testkit)\\.ts$" },
      to: { path: "^src/", pathNot: [`^src/${room}/`, ...may.map((target) => `^src/${target}(/|\\.ts$)`)] },
    })),
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-tests-in-product",
      severity: "error",
      from: { pathNot: "\\.(test|testkit)\\.ts$" },
      to: { path: "\\.(test|testkit)\\.ts$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
