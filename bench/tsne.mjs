/**
 * t-SNE of 2,000 points × 48 compared with scikit-learn's, on the same points, perplexity and iterations: time and divergence.
 *
 *   node bench/tsne.mjs
 *
 * Run it on an idle machine: scikit-learn's threads busy-wait, so that with other load it takes ten times as long or more. The peer's side
 * needs scikit-learn: apt-get install python3-sklearn, or a Python that has it in SEGUE_PYTHON.
 */
import { spawnSync } from "node:child_process";
import { tsne } from "../dist/analysis/map/tsne.js";
import { Random } from "../dist/system/index.js";
import { findPython } from "./support.mjs";

const [n, size] = [2000, 48];
const random = new Random(3);
const centres = Array.from({ length: 20 * size }, () => random.normal());
const points = Float32Array.from(
  { length: n * size },
  (_, i) => centres[(Math.floor(i / size) % 20) * size + (i % size)] + 0.7 * random.normal(),
);

const began = performance.now();
const { divergence } = await tsne(points, size, { perplexity: 30, iterations: 1000 });
const seconds = (performance.now() - began) / 1000;
console.log(`segue         ${seconds.toFixed(2)} s  divergence ${divergence.toFixed(4)}`);

// scikit-learn 1.5 renamed n_iter.
const script = `import inspect, sys, time, numpy
from sklearn.manifold import TSNE
x = numpy.frombuffer(sys.stdin.buffer.read(), dtype=numpy.float32).reshape(${n}, ${size})
t = time.time()
steps = "max_iter" if "max_iter" in inspect.signature(TSNE).parameters else "n_iter"
m = TSNE(perplexity=30, init="pca", learning_rate="auto", random_state=1, **{steps: 1000}).fit(x)
print(time.time() - t, m.kl_divergence_)`;
const python = findPython("sklearn");
if (python === undefined) console.log("scikit-learn is not here: apt-get install python3-sklearn");
else {
  const peer = spawnSync(python, ["-W", "ignore", "-c", script], {
    input: Buffer.from(points.buffer),
    encoding: "utf8",
  });
  if (peer.status !== 0) throw new Error(`${python}: ${peer.stderr}`);
  const [theirs, theirDivergence] = peer.stdout.trim().split(" ").map(Number);
  console.log(
    `scikit-learn  ${theirs.toFixed(2)} s  divergence ${theirDivergence.toFixed(4)}  (${(theirs / seconds).toFixed(1)} times ours)`,
  );
}
