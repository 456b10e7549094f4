/** What the TensorFlow image serves: a bundle's track vectors as a SavedModel. */
import { mkdir, writeFile } from "node:fs/promises";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { list } from "tar";
import { describe, expect, it } from "vitest";
import { randomVectors, smallInput } from "../../bundle/bundle.testkit.js";
import { writeBundle } from "../../bundle/index.js";
import { motoMissing, motoPython } from "../../storage/moto.testkit.js";
import { S3Store } from "../../storage/s3.js";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { archiveFor } from "./archive/served.js";
import { goodRole, startEmulator, tensorFlowImage } from "./emulator.testkit.js";
import { checkSageMaker, deploySageMaker, planSageMaker } from "./index.js";
import { hasTensorFlow, serveSavedModel, tensorFlowMissing } from "./tensorflow.testkit.js";

const at = folderOfEachTest("tensorflow");

if (motoPython === undefined) console.warn(motoMissing);
if (!hasTensorFlow) console.warn(tensorFlowMissing);

describe.skipIf(motoPython === undefined || !hasTensorFlow)("an endpoint of the TensorFlow image", () => {
  it("answers like the bundle's track vectors, in real TensorFlow", { timeout: 120_000 }, async () => {
    const emulator = await startEmulator(serveSavedModel);
    try {
      const { connection } = emulator;
      const store = new S3Store("s3://models", connection);
      await store.client.send(new CreateBucketCommand({ Bucket: "models" }));
      const bundle = at("bundle");
      await writeBundle(bundle, (await smallInput()).input);
      const options = { name: "playlists", bucket: "s3://models", image: tensorFlowImage, role: goodRole };
      const waiting = { connection, pollInterval: 0.1 };
      const deployment = await deploySageMaker({ ...options, model: bundle, ...waiting });
      expect(deployment.serves).toBe("saved-model");
      const result = await checkSageMaker(deployment, { bundle, ...waiting });
      expect(result).toMatchObject({ compared: 10, k: 49, unknown: { answered: 49 } });

      const other = at("other");
      const { input } = await smallInput();
      await writeBundle(other, { ...input, vectors: randomVectors(input.vectors.tracks, 12, 2) });
      const wrong = await deploySageMaker({ ...options, model: other, ...waiting });
      await expect(checkSageMaker(wrong, { bundle, ...waiting })).rejects.toThrow(
        /differently from its bundle/,
      );
      expect(await store.exists(`playlists/${wrong.archive.split("/").at(-2)}/model.tar.gz`)).toBe(false);
    } finally {
      await emulator.stop();
    }
  });
});

describe("a model for the TensorFlow image", () => {
  it("must be a SavedModel under a version other than 0", async () => {
    const options = {
      name: "a",
      model: at(),
      bucket: "s3://models",
      image: tensorFlowImage,
      role: goodRole,
    };
    await expect(planSageMaker({ ...options, model: at("none") })).rejects.toThrow(
      `no model at ${at("none")}`,
    );
    for (const place of ["saved", "saved/0"]) {
      await mkdir(at(place), { recursive: true });
      await writeFile(at(place, "saved_model.pb"), "x");
      await expect(planSageMaker(options)).rejects.toThrow(/holds no <name>\/1\/saved_model\.pb/);
    }
    await mkdir(at("saved/1"));
    await writeFile(at("saved/1/saved_model.pb"), "x");
    expect(await planSageMaker(options)).toHaveLength(6);
  });

  it("is made of a bundle's track vectors, <endpoint>/1/saved_model.pb, and not of a bundle without them", async () => {
    const bundle = at("bundle");
    const { vectors, ...input } = (await smallInput()).input;
    await writeBundle(bundle, { ...input, vectors });
    const archive = await archiveFor({ name: "playlists", model: bundle, image: tensorFlowImage });
    const files: string[] = [];
    await list({ file: archive.path, onReadEntry: ({ path }) => files.push(path) });
    await archive.remove();
    expect(files).toContain("playlists/1/saved_model.pb");
    expect(files.join()).not.toContain("manifest.json");

    await writeBundle(at("without"), input);
    // Before any request: nothing listens at this address.
    const connection = { region: "us-east-1", endpoint: "http://127.0.0.1:1" };
    const options = { name: "playlists", bucket: "s3://models", image: tensorFlowImage, role: goodRole };
    await expect(deploySageMaker({ ...options, model: at("without"), connection })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("has no track vectors"),
    });
  });
});
