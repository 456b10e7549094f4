/** Checks the pixels of an element on the screen, for tests. */
import type { Page } from "playwright-core";

/**
 * The share, 0 to 1, of an element's pixels for which `isSo` is true.
 *
 * @param isSo an expression of r, g and b, each 0 … 255, that runs in the page
 */
export async function shareOfPixels(page: Page, selector: string, isSo: string): Promise<number> {
  const png = (await page.locator(selector).screenshot()).toString("base64");
  return (await page.evaluate(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${png}";
    await image.decode();
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const isSo = (r, g, b) => ${isSo};
    let count = 0;
    for (let i = 0; i < data.length; i += 4) if (isSo(data[i], data[i + 1], data[i + 2])) count++;
    return (4 * count) / data.length;
  })()`)) as number;
}
