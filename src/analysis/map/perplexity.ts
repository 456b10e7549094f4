/** t-SNE's input similarities: a Gaussian around each point, whose width gives the wanted perplexity, then made symmetric. */
export interface Neighbours {
  /** The number of neighbours of each point. */
  readonly each: number;
  /** n × each point numbers, nearest first, never the point itself. */
  readonly rows: Uint32Array;
  /** n × each squared Euclidean distances. */
  readonly squared: Float64Array;
}

/** A symmetric sparse matrix by rows: row i holds `columns` and `values` at starts[i] … starts[i + 1] − 1. */
export interface Similarities {
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  /** They sum to 1. */
  readonly values: Float64Array;
}

/** Fills `out` with p(j|i) of one point. Bisection finds the width for which the entropy is ln(perplexity). */
function conditional(squared: Float64Array, perplexity: number, out: Float64Array): void {
  const wanted = Math.log(perplexity);
  const nearest = squared[0]!;
  let beta = 1;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  // As many as there are powers of two, since points may be of any size.
  for (let step = 0; step < 2100; step++) {
    let sum = 0;
    let weighted = 0;
    for (let j = 0; j < squared.length; j++) {
      const distance = squared[j]! - nearest;
      const p = Math.exp(-beta * distance);
      out[j] = p;
      sum += p;
      weighted += p * distance;
    }
    const entropy = Math.log(sum) + (beta * weighted) / sum;
    for (let j = 0; j < squared.length; j++) out[j]! /= sum;
    // With weight 0 there is only on points as near as the nearest, which no width tells apart.
    if (Math.abs(entropy - wanted) < 1e-5 || (entropy > wanted && weighted === 0)) return;
    if (entropy > wanted) {
      low = beta;
      beta = high === Number.POSITIVE_INFINITY ? beta * 2 : (beta + high) / 2;
    } else {
      high = beta;
      beta = (beta + low) / 2;
    }
  }
}

export function similarities({ each, rows, squared }: Neighbours, perplexity: number): Similarities {
  const n = rows.length / each;
  const p = new Float64Array(rows.length);
  for (let i = 0; i < n; i++)
    conditional(squared.subarray(i * each, (i + 1) * each), perplexity, p.subarray(i * each, (i + 1) * each));
  // p(i, j) = (p(j|i) + p(i|j)) / 2n: each entry is added to both rows, then entries of the same column are summed.
  const sizes = new Uint32Array(n + 1);
  for (let i = 0; i < n; i++)
    for (let j = i * each; j < (i + 1) * each; j++) {
      sizes[i + 1]!++;
      sizes[rows[j]! + 1]!++;
    }
  for (let i = 0; i < n; i++) sizes[i + 1]! += sizes[i]!;
  const filled = sizes.slice();
  const columns = new Uint32Array(2 * rows.length);
  const values = new Float64Array(2 * rows.length);
  const put = (row: number, column: number, value: number) => {
    const at = filled[row]!++;
    columns[at] = column;
    values[at] = value;
  };
  for (let i = 0; i < n; i++)
    for (let j = i * each; j < (i + 1) * each; j++) {
      put(i, rows[j]!, p[j]! / (2 * n));
      put(rows[j]!, i, p[j]! / (2 * n));
    }
  const starts = new Uint32Array(n + 1);
  const placeOf = new Int32Array(n).fill(-1);
  let end = 0;
  for (let i = 0; i < n; i++) {
    const begin = end;
    for (let at = sizes[i]!; at < sizes[i + 1]!; at++) {
      const column = columns[at]!;
      const place = placeOf[column]!;
      if (place >= begin) values[place]! += values[at]!;
      else {
        placeOf[column] = end;
        columns[end] = column;
        values[end++] = values[at]!;
      }
    }
    starts[i + 1] = end;
  }
  return { starts, columns: columns.slice(0, end), values: values.slice(0, end) };
}
