/**
 * t-SNE of 2,000 points × 48 beside scikit-learn's, same points, perplexity and iterations, in one run: time and divergence.
 *
 *   node bench/tsne.mjs [python3]      needs scikit-learn for the peer's side: apt-get install python3-sklearn
 */
import { spawnSync } from "node:child_process";
import { tsne } from "../dist/analysis/map/tsne.js";
import { Random } from "../dist/system/index.js";

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

const script = `import sys, time, numpy
from sklearn.manifold import TSNE
x = numpy.frombuffer(sys.stdin.buffer.read(), dtype=numpy.float32).reshape(${n}, ${size})
t = time.time()
m = TSNE(perplexity=30, n_iter=1000, init="pca", learning_rate="auto", random_state=1).fit(x)
print(time.time() - t, m.kl_divergence_)`;
const peer = spawnSync(process.argv[2] ?? "python3", ["-W", "ignore", "-c", script], {
  input: Buffer.from(points.buffer),
  encoding: "utf8",
});
if (peer.status !== 0) console.log("scikit-learn is not here: apt-get install python3-sklearn");
else {
  const [theirs, theirDivergence] = peer.stdout.trim().split(" ").map(Number);
  console.log(
    `scikit-learn  ${theirs.toFixed(2)} s  divergence ${theirDivergence.toFixed(4)}  (${(theirs / seconds).toFixed(1)} times ours)`,
  );
}
