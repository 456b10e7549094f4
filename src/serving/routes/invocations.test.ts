import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import type { invocationsAnswer } from "../schemas.js";
import { postJson, songApp, songs } from "../serving.testkit.js";

type Songs = Awaited<ReturnType<typeof songApp>>;

describe("/invocations", () => {
  let app: Songs["app"];
  let model: Songs["model"];
  beforeAll(async () => {
    ({ app, model } = await songApp());
  });
  afterAll(() => app.close());

  const post = (url: string, payload: object | string) => postJson(app, url, payload);
  const sendLines = (type: string, payload: string | Buffer, url = "/invocations") =>
    app.inject({ method: "POST", url, payload, headers: { "content-type": type } });
  const answerOf = (track: string, k: number) =>
    model.recommenders.transitions!.recommend([{ tracks: [track] }], k)[0]!;

  it("answers /invocations in row form like the model itself", async () => {
    const { status, body } = await post("/invocations", { instances: [songs[0], { input_1: songs[6] }] });
    expect(status).toBe(200);
    const { predictions } = body as { predictions: Array<{ output_1: number[]; output_2: string[] }> };
    expect(predictions).toHaveLength(2);
    for (const [i, track] of [songs[0]!, songs[6]!].entries()) {
      const wanted = answerOf(track, 5);
      expect(predictions[i]!.output_2).toEqual(wanted.tracks);
      expect(predictions[i]!.output_1).toEqual([...wanted.scores]);
    }
  });

  it("answers /invocations in column form, one list per output", async () => {
    for (const inputs of [[songs[0]], { input_1: [songs[0]] }]) {
      const { status, body } = await post("/invocations", { inputs });
      expect(status).toBe(200);
      const { outputs } = body as Extract<z.infer<typeof invocationsAnswer>, { outputs: unknown }>;
      expect(outputs.output_2).toEqual([answerOf(songs[0]!, 5).tracks]);
      expect(outputs.output_1).toEqual([[...answerOf(songs[0]!, 5).scores]]);
    }
  });

  it("accepts a list of one track as a track in /invocations, like the SavedModel accepts the shape [N, 1]", async () => {
    const asBodies = [
      { instances: [[songs[0]], { input_1: [songs[6]] }] },
      { inputs: [[songs[0]], [songs[6]]] },
      { inputs: { input_1: [[songs[0]], [songs[6]]] } },
    ];
    const wanted = [answerOf(songs[0]!, 5).tracks, answerOf(songs[6]!, 5).tracks];
    for (const asked of asBodies) {
      const { status, body } = await post("/invocations", asked);
      expect(status).toBe(200);
      const { predictions, outputs } = body as {
        predictions?: Array<{ output_2: string[] }>;
        outputs?: { output_2: string[][] };
      };
      expect(predictions?.map((row) => row.output_2) ?? outputs?.output_2).toEqual(wanted);
    }
    expect((await post("/invocations", { instances: [[songs[0], songs[6]]] })).status).toBe(400);
  });

  it("accepts JSON lines and CSV in /invocations, one track per line, and answers like in row form", async () => {
    const row = await post("/invocations", { instances: [songs[0], songs[5], songs[6]] });
    const bodies = [
      ["application/jsonlines", `"${songs[0]}"\n["${songs[5]}"]\r\n\n{"input_1": "${songs[6]}"}\n`],
      ["application/jsonlines", JSON.stringify({ instances: [songs[0], songs[5], songs[6]] })],
      ["text/csv; charset=utf-8", `\ufeff${songs[0]}\r\n"${songs[5]}"\r\n\r\n${songs[6]}\r\n`],
    ] as const;
    for (const [type, body] of bodies) {
      const { statusCode, headers, body: answer } = await sendLines(type, body);
      expect({ statusCode, answer: JSON.parse(answer) }).toEqual({ statusCode: 200, answer: row.body });
      expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    }
    const quoted = await sendLines("text/csv", '"Justice-One, ""Two"""\n');
    const plain = await post("/invocations", { instances: ['Justice-One, "Two"'] });
    expect(JSON.parse(quoted.body)).toEqual(plain.body);
  });

  it("names the wrong line of JSON lines or CSV", async () => {
    const wrong: Array<[type: string, body: string, error: RegExp]> = [
      ["application/jsonlines", '"a"\n\nb\n', /^line 3: is not JSON: /],
      ["application/jsonlines", '"a"\n7\n', /^line 2: must be a string, "Artist-Track", or/],
      ["application/jsonlines", '{"instances": ["a"]}\n{"instances": ["b"]}', /^line 1: .* \(and 1 more\)$/],
      ["application/jsonlines", '\n{"instances": [3]}', /^line 2\.instances\[0\]: must be a string/],
      ["application/jsonlines", '{"__proto__": {"input_1": "a"}}', /^line 1: must be/],
      ["application/jsonlines", '"\\ud800"', /^line 1: .*surrogate/],
      ["application/jsonlines", " \n", /^body: must have 1 to 1000 non-empty lines, got 0$/],
      ["text/csv", "a\na,b\n", /^line 2: must be one track, in quotes if it has a comma/],
      ["text/csv", 'a\n"b', /^line 2: must be one track/],
      ["text/csv", '"a","b"', /^line 1: must be one track/],
      ["text/csv", `a\n${"x".repeat(2_001)}`, /^line 2: Too big/],
      ["text/csv", "", /^body: must have 1 to 1000 non-empty lines, got 0$/],
      [
        "text/csv",
        "a\n".repeat(1_001),
        /^body: must have 1 to 1000 non-empty lines, got 1001: send them in several requests$/,
      ],
    ];
    for (const [type, body, error] of wrong) {
      const answer = await sendLines(type, body);
      expect(answer.statusCode, body.slice(0, 50)).toBe(400);
      expect(answer.json()).toMatchObject({
        error: expect.stringMatching(error),
        code: "invalid-request",
      });
    }
    const latin1 = await sendLines("text/csv", Buffer.from("Beyonc\u00e9-Halo", "latin1"));
    expect(latin1.json()).toMatchObject({ error: "the body is not UTF-8 text", code: "not-utf8" });
    const none = await app.inject({ method: "POST", url: "/invocations" });
    expect({ status: none.statusCode, code: none.json().code }).toEqual({ status: 400, code: "empty-body" });
    // Other routes have no use for lines.
    const elsewhere = await sendLines("text/csv", "a", "/v1/recommend");
    expect(elsewhere.statusCode).toBe(415);
  });
});
