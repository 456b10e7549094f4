import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "web/**/*.test.ts", "bench/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is polled for comes within milliseconds, but a machine busy with other tests may withhold them for seconds.
    expect: { poll: { timeout: 20_000 } },
    // Worker threads inside tests start threads of their own; processes keep their crashes apart.
    pool: "forks",
    // One more than CI has cores: the tests of DBOS wait for minutes, for clocks and for workers that start.
    maxWorkers: 3,
    // What is built is loaded as Node does it, without another transformation.
    server: { deps: { external: [/\/dist\//] } },
    // Tests that measure time get a second try where the machine may be busy with something else.
    retry: process.env.CI ? 1 : 0,
  },
});
