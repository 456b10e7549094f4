/** An S3 for the engines' tests: moto's server, found by this process and by the workers that it starts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Moto, motoCredentials, startMoto } from "../../storage/moto.testkit.js";
import { openStore, type Store } from "../index.js";

export interface TemporaryS3 {
  /** A store in a bucket of its own. */
  store(): Promise<Store>;
  stop(): Promise<void>;
}

/** Sets the environment variables that the AWS client reads; `stop` takes them back. */
export async function startS3(): Promise<TemporaryS3> {
  const moto: Moto = await startMoto();
  const settings = {
    AWS_ENDPOINT_URL_S3: moto.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: motoCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: motoCredentials.secretAccessKey,
    SEGUE_CACHE: mkdtempSync(join(tmpdir(), "segue-cache-")),
  };
  const before = Object.keys(settings).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, settings);
  let buckets = 0;
  return {
    async store() {
      const bucket = `runs-${buckets++}`;
      const { CreateBucketCommand, S3Client } = await import("@aws-sdk/client-s3");
      const client = new S3Client({ endpoint: moto.endpoint, forcePathStyle: true });
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      client.destroy();
      return openStore(`s3://${bucket}/segue`);
    },
    async stop() {
      rmSync(settings.SEGUE_CACHE, { recursive: true, force: true });
      for (const [name, value] of before)
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      await moto.stop();
    },
  };
}
