/** Waits until both have ended, whatever comes of them; then gives what both came to, or throws what the first that failed threw. */
export async function settleBoth<A, B>(one: Promise<A>, two: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, two]);
  return [await one, await two];
}
