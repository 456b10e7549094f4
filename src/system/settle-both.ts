/** Waits until both promises settle. Returns both results, or throws the error of `one` if it failed, else that of `two`. */
export async function settleBoth<A, B>(one: Promise<A>, two: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, two]);
  return [await one, await two];
}
