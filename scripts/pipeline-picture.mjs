/** Draws docs/images/pipeline.svg, the README's picture: the four flows as drawn by `segue show <flow> --svg`. */
import { writeFileSync } from "node:fs";
import { flowOrder } from "../dist/flows/index.js";
import { drawFlow } from "../dist/workflow/index.js";

const pictures = flowOrder.map(drawFlow);
const sizes = pictures.map((svg) => /width="(\d+)" height="(\d+)"/.exec(svg).slice(1).map(Number));
const width = Math.max(...sizes.map(([w]) => w));
const gap = 10;
let y = 0;
const parts = pictures.map((svg, i) => {
  const placed = svg.replace("<svg ", `<svg x="0" y="${y}" `);
  y += sizes[i][1] + gap;
  return placed;
});
const label = "clean, prepare, train a grid, keep the best, evaluate, build, deploy, check";
writeFileSync(
  "docs/images/pipeline.svg",
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y - gap}" width="${width}" height="${y - gap}" role="img" aria-label="The pipeline: ${label}">\n${parts.join("\n")}\n</svg>\n`,
);
