/** Scrolls the page while a finger that drags something rests near the upper or lower edge of the window. */

/** How far from an edge it begins, CSS pixels; the nearer, the faster. */
const reach = 70;

/**
 * @param finger where the finger is, CSS pixels from the window's top; undefined once it has let go, which ends it
 * @param list what it drags in: the page scrolls as far as that goes
 * @param onscroll called after each step
 */
export function scrollAtEdges(finger: () => number | undefined, list: Element, onscroll: () => void): void {
  let before = performance.now();
  const step = (now: number) => {
    const y = finger();
    if (y === undefined || !list.isConnected) return;
    const { top, bottom } = list.getBoundingClientRect();
    const up = top < 0 ? Math.min(0, y - reach) : 0;
    const down = bottom > innerHeight ? Math.max(0, y - innerHeight + reach) : 0;
    if (up + down !== 0) {
      scrollBy(0, ((up + down) * (now - before)) / 100);
      onscroll();
    }
    before = now;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
