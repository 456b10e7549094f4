/** The description of the endpoint, and the page that shows it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EndpointPlugin, EndpointSettings } from "../options.js";
import { songApp } from "../serving.testkit.js";

type Songs = Awaited<ReturnType<typeof songApp>>;

interface OpenApiRequest {
  readonly operationId?: string;
  readonly security?: object[];
  readonly responses: Record<string, { readonly description: string; readonly content?: object }>;
}

interface OpenApi {
  readonly paths: Record<string, Record<string, OpenApiRequest>>;
  readonly security?: object[];
  readonly components: { readonly securitySchemes?: object };
}

let app: Songs["app"];
beforeAll(async () => {
  ({ app } = await songApp());
});
afterAll(() => app.close());

it("documents a name for each request, and the API key if needed", async () => {
  const described = async (settings: EndpointSettings) => {
    const { paths, security, components } = (
      await (await songApp(settings)).app.inject("/openapi.json")
    ).json() as OpenApi;
    const requests = Object.values(paths).flatMap((path) => Object.values(path));
    return { requests, security, schemes: Object.keys(components.securitySchemes ?? {}) };
  };
  const open = await described({});
  expect(open.requests.map(({ operationId }) => operationId).sort()).toEqual([
    "extendPlaylist",
    "findTracks",
    "healthz",
    "invocations",
    "metrics",
    "ping",
    "readyz",
    "recommend",
    "reload",
  ]);
  expect(open).toMatchObject({ security: undefined, schemes: [] });
  const closed = await described({ apiKeys: ["first-key-0123456789"] });
  expect(closed).toMatchObject({
    security: [{ bearer: [] }, { header: [] }],
    schemes: ["bearer", "header"],
  });
  const withoutKey = closed.requests.filter(({ security }) => security?.length === 0);
  expect(withoutKey.map(({ operationId }) => operationId).sort()).toEqual(["healthz", "ping", "readyz"]);
});

it("describes each answer, and sends requests from the docs page to its own origin", async () => {
  const { paths } = (await app.inject("/openapi.json")).json() as OpenApi;
  const answers = Object.values(paths).flatMap((path) =>
    Object.values(path).flatMap(({ responses }) => Object.values(responses)),
  );
  expect(answers.length).toBeGreaterThan(20);
  for (const { description, content } of answers) {
    expect(description).not.toBe("Default Response");
    expect(content).toBeDefined();
  }
  expect(paths["/metrics"]).toMatchObject({
    get: { responses: { 200: { content: { "text/plain": {} } }, "4XX": {} } },
  });
  expect(paths["/v1/tracks"]).toMatchObject({
    get: {
      parameters: [{ name: "q" }, { name: "limit", description: expect.stringContaining("default 10") }],
    },
  });
  // A bundle's best recommender answers it, nearest tracks or not.
  expect(paths["/invocations"]).toMatchObject({
    post: { summary: expect.stringContaining("What should follow each track") },
  });
  // It has the document from /docs/json.
  expect((await app.inject("/docs/json")).json()).toMatchObject({ servers: [{ url: ".." }] });
  expect((await app.inject("/openapi.json")).json()).not.toHaveProperty("servers");
});

it("heads the docs page with its own name and icon", async () => {
  const script = (await app.inject("/docs/static/swagger-initializer.js")).body;
  const [, logo] = /data:image\/svg\+xml;base64,([\w+/=]+)/.exec(script)!;
  expect(Buffer.from(logo!, "base64").toString()).toContain(">segue</text>");
  const [, icon] = /rel="icon"[^>]*href="([^"]+)"/.exec((await app.inject("/docs/")).body)!;
  const answer = await app.inject(`/docs/${icon!.replace(/^\.\//, "")}`);
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toContain("<svg");
});

it("links to the files of the docs page relative to it, since a proxy may serve it under a path prefix", async () => {
  const links = (await app.inject("/docs/")).body.match(/(?:href|src)="[^"]+"/g)!;
  expect(links.length).toBeGreaterThan(3);
  for (const link of links) expect(link).toMatch(/"\.\//);
  for (const url of ["/docs", "/docs?x"])
    expect(await app.inject(url)).toMatchObject({ statusCode: 302, headers: { location: "docs/" } });
});

it("points to the docs only if they are enabled", async () => {
  const hintOf = async (settings: EndpointSettings) =>
    (await (await songApp(settings)).app.inject("/v1/nothing")).json().hint as unknown;
  expect(await hintOf({})).toBe("GET /docs lists what there is");
  expect(await hintOf({ docs: false })).toBeUndefined();
  const home = async (settings: EndpointSettings, plugins: readonly EndpointPlugin[] = []) =>
    (await songApp(settings, plugins)).app.inject("/");
  expect(await home({})).toMatchObject({ statusCode: 302, headers: { location: "docs/" } });
  expect(await home({ docs: false })).toMatchObject({ statusCode: 404 });
  expect(await home({}, [(app) => void app.get("/", async () => "ours")])).toMatchObject({ body: "ours" });
});
