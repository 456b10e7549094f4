/** The first two principal components, by power iteration. t-SNE starts from them, so that its global shape is meaningful. */
import { Random } from "../../system/index.js";

/** Positions x0, y0, x1, y1, … with a standard deviation of 1e-4 along the first component (scikit-learn's scale). */
export function principalStart(points: Float32Array, size: number, seed: number): Float64Array {
  const n = points.length / size;
  const mean = new Float64Array(size);
  for (let i = 0; i < points.length; i++) mean[i % size]! += points[i]! / n;
  const covariance = new Float64Array(size * size);
  const centred = new Float64Array(size);
  for (let i = 0; i < n; i++) {
    for (let d = 0; d < size; d++) centred[d] = points[i * size + d]! - mean[d]!;
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) covariance[a * size + b]! += (centred[a]! * centred[b]!) / n;
  }
  const random = new Random(seed);
  const axes: Float64Array[] = [];
  for (let axis = 0; axis < 2; axis++) {
    let vector = Float64Array.from({ length: size }, () => random.normal());
    for (let step = 0; step < 200; step++) {
      const next = new Float64Array(size);
      for (let a = 0; a < size; a++)
        for (let b = 0; b < size; b++) next[a]! += covariance[a * size + b]! * vector[b]!;
      for (const other of axes) {
        const overlap = next.reduce((sum, v, d) => sum + v * other[d]!, 0);
        for (let d = 0; d < size; d++) next[d]! -= overlap * other[d]!;
      }
      const length = Math.hypot(...next) || 1;
      vector = next.map((v) => v / length);
    }
    axes.push(vector);
  }
  const positions = new Float64Array(2 * n);
  for (let i = 0; i < n; i++)
    for (let axis = 0; axis < 2; axis++)
      for (let d = 0; d < size; d++)
        positions[2 * i + axis]! += (points[i * size + d]! - mean[d]!) * axes[axis]![d]!;
  let variance = 0;
  for (let i = 0; i < n; i++) variance += positions[2 * i]! ** 2 / n;
  const scale = 1e-4 / (Math.sqrt(variance) || 1);
  // Equal points must not start at the same place, since t-SNE could never separate them.
  return positions.map((v) => v * scale + 1e-7 * random.normal());
}
