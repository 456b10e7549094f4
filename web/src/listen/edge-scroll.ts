/** Scrolls the page while a dragging finger is near the upper or lower edge of the window. */

/** The distance from an edge at which scrolling begins, in CSS pixels; it is faster closer to the edge. */
const reach = 70;

/**
 * @param finger the finger's position, in CSS pixels from the window's top; undefined once it is lifted, which ends the scrolling
 * @param list the list in which it drags: the page scrolls until its ends are visible
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
