/** Stands in for AWS's TensorFlow image: real TensorFlow loads the SavedModel and answers as TensorFlow Serving does. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Container } from "./emulator.testkit.js";

const python = process.env.SEGUE_PYTHON ?? "python3";

export const hasTensorFlow = spawnSync(python, ["-c", "import tensorflow"]).status === 0;

export const tensorFlowMissing = `skipped: the SavedModel behind an endpoint; ${python} has no tensorflow (pip install tensorflow-cpu, and name that Python in SEGUE_PYTHON)`;

// Like the image: uses the highest version above 0 of the only model, and takes only this content type and the row form.
const server = `
import glob, json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
import tensorflow as tf
versions = [d for d in glob.glob(os.path.join(sys.argv[1], "*", "*")) if os.path.basename(d).isdigit() and os.path.basename(d) != "0"]
if not versions:
    sys.exit("no versions of servable model found")
serve = tf.saved_model.load(max(versions, key=lambda d: int(os.path.basename(d)))).signatures["serving_default"]
plain = lambda value: value.decode() if isinstance(value, bytes) else value
class Handler(BaseHTTPRequestHandler):
    def answer(self, status, body):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
    def do_GET(self):
        self.answer(200, {})
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers["content-type"] != "application/json":
            return self.answer(415, {"error": "Unsupported Media Type"})
        out = {name: value.numpy().tolist() for name, value in serve(input_1=tf.constant(json.loads(body)["instances"])).items()}
        rows = len(next(iter(out.values())))
        self.answer(200, {"predictions": [{name: [plain(v) for v in value[row]] for name, value in out.items()} for row in range(rows)]})
listening = HTTPServer(("127.0.0.1", 0), Handler)
print("listening on", listening.server_port, flush=True)
listening.serve_forever()
`;

/** Skips lines that TensorFlow itself may print first. */
async function portSaid(lines: AsyncIterable<string>): Promise<number> {
  for await (const line of lines) {
    const port = /^listening on (\d+)$/.exec(line)?.[1];
    if (port !== undefined) return Number(port);
  }
  return new Promise(() => {});
}

/** @param model the folder in which SageMaker unpacks the archive */
export async function serveSavedModel(model: string): Promise<Container> {
  const child: ChildProcess = spawn(python, ["-c", server, model], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
  });
  let said = "";
  child.stderr!.on("data", (data) => {
    said = (said + data).slice(-500);
  });
  const exited = once(child, "exit");
  const port = await Promise.race([
    portSaid(createInterface({ input: child.stdout! })),
    exited.then(() => {
      throw new Error(said.trim());
    }),
  ]);
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      child.kill();
      return exited;
    },
  };
}
