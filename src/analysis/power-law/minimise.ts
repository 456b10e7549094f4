const tolerance = 1e-10;
const iterations = 2000;

/**
 * Nelder & Mead's simplex (Computer Journal 7, 1965): minimises a smooth function of a few variables.
 *
 * @param step of the first corners, relative to coordinates above 1
 */
export function minimise(
  f: (point: readonly number[]) => number,
  start: readonly number[],
  step = 0.25,
): { point: number[]; value: number } {
  const corner = (point: number[]) => {
    const value = f(point);
    return { point, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value };
  };
  const simplex = [corner([...start])];
  for (let d = 0; d < start.length; d++) {
    const point = [...start];
    point[d]! += step * Math.max(1, Math.abs(point[d]!));
    simplex.push(corner(point));
  }
  for (let round = 0; round < iterations; round++) {
    simplex.sort((a, b) => a.value - b.value);
    const best = simplex[0]!;
    const worst = simplex.at(-1)!;
    if (worst.value - best.value <= tolerance * (Math.abs(best.value) + tolerance)) break;
    const others = simplex.slice(0, -1);
    const centre = start.map((_, d) => others.reduce((sum, c) => sum + c.point[d]!, 0) / others.length);
    const towards = (factor: number) => corner(centre.map((c, d) => c + factor * (worst.point[d]! - c)));
    const reflected = towards(-1);
    let next = reflected;
    if (reflected.value < best.value) {
      const further = towards(-2);
      if (further.value < reflected.value) next = further;
    } else if (reflected.value >= simplex.at(-2)!.value) {
      next = towards(reflected.value < worst.value ? -0.5 : 0.5);
      if (next.value >= Math.min(worst.value, reflected.value)) {
        for (let i = 1; i < simplex.length; i++)
          simplex[i] = corner(simplex[i]!.point.map((x, d) => (x + best.point[d]!) / 2));
        continue;
      }
    }
    simplex[simplex.length - 1] = next;
  }
  simplex.sort((a, b) => a.value - b.value);
  return simplex[0]!;
}
