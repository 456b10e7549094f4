/** Derivatives of the softmax loss, query by query. */
import { argument, startOf } from "./_jobs";

/** One part of `derive`: a range of queries. */
export function derivePart(part: u32, parts: u32): void {
  const queries = argument(0);
  const offsets = <usize>argument(1);
  const last = startOf(part + 1, parts, queries);
  for (let q = startOf(part, parts, queries); q < last; q++) {
    const at = offsets + (<usize>q << 2);
    deriveQuery(<usize>load<u32>(at), <usize>load<u32>(at, 4), <usize>argument(6) + <usize>q * 24);
  }
}

function deriveQuery(start: usize, end: usize, losses: usize): void {
  const weights = <usize>argument(2);
  const relevance = <usize>argument(3);
  const scores = <usize>argument(4);
  const derivatives = <usize>argument(5);
  let highest = -Infinity;
  for (let r = start; r < end; r++) highest = max(highest, load<f64>(scores + (r << 3)));
  let sum: f64 = 0;
  let relevant: f64 = 0;
  let missed: f64 = 0;
  for (let r = start; r < end; r++) {
    const below = load<f64>(scores + (r << 3)) - highest;
    const answer = <f64>load<f32>(relevance + (r << 2));
    const share = <f64>load<f32>(weights + (r << 2)) * exp(below);
    store<f32>(derivatives + (r << 3), <f32>share);
    sum += share;
    relevant += answer;
    missed -= answer * below;
  }
  for (let r = start; r < end; r++) {
    const p = <f64>load<f32>(derivatives + (r << 3)) / sum;
    const answer = <f64>load<f32>(relevance + (r << 2));
    store<f32>(derivatives + (r << 3), <f32>(relevant * p - answer));
    store<f32>(derivatives + (r << 3), <f32>max(relevant * p * (1 - p), 1e-7), 4);
  }
  store<f64>(losses, sum);
  store<f64>(losses, relevant, 8);
  store<f64>(losses, missed, 16);
}

/** e^x for x ≤ 0, as 2^n · e^r with |r| ≤ ln 2 / 2 and twelve terms of the series of e^r, which is exact to double precision. */
// @ts-ignore: decorator
@inline
function exp(x: f64): f64 {
  const n = nearest<f64>(max(x, -700.0) * 1.4426950408889634);
  const r = max(x, -700.0) - n * 0.6931471803691238 - n * 1.9082149292705877e-10;
  let sum: f64 = 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  return sum * reinterpret<f64>((<i64>n + 1023) << 52);
}
