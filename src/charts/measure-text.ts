/**
 * Text widths for the layout of charts. Without a canvas Vega assumes 0.8 em per letter, which leaves wide gaps. Here the widths
 * come from the font file that PNGs are drawn with (TrueType tables `cmap` format 4 and `hmtx`), with room for wider fonts.
 */
import { readFile } from "node:fs/promises";
import * as vega from "vega";
import { distPath } from "../system/index.js";

interface TextMetrics {
  width: (item: TextItem, text: unknown) => number;
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: number | string;
  readonly limit?: number;
}

/**
 * How much wider text may be in a browser without Inter: DejaVu Sans is the widest usual system font. Without this room, ends of
 * legends and titles would be cut off. Inter's semibold is not measured: the factor for bold covers it.
 */
const widened = { regular: 1.1, bold: 1.25 };
const isBold = ({ fontWeight }: TextItem) => fontWeight === "bold" || Number(fontWeight) >= 600;

/** The advance of each UTF-16 code unit, in ems; 0.6 if the font lacks it. */
function readAdvances(font: Buffer): Float32Array {
  const tables = new Map<string, number>();
  for (let i = 0, at = 12; i < font.readUInt16BE(4); i++, at += 16) {
    tables.set(font.toString("latin1", at, at + 4), font.readUInt32BE(at + 8));
  }
  const unitsPerEm = font.readUInt16BE(tables.get("head")! + 18);
  const longMetrics = font.readUInt16BE(tables.get("hhea")! + 34);
  const hmtx = tables.get("hmtx")!;
  const advance = (glyph: number) =>
    font.readUInt16BE(hmtx + 4 * Math.min(glyph, longMetrics - 1)) / unitsPerEm;
  const advances = new Float32Array(65536).fill(0.6);
  const cmap = tables.get("cmap")!;
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const at = cmap + font.readUInt32BE(cmap + 4 + 8 * i + 4);
    if (font.readUInt16BE(at) !== 4) continue;
    const segments = font.readUInt16BE(at + 6) / 2;
    for (let s = 0; s < segments; s++) {
      const end = font.readUInt16BE(at + 14 + 2 * s);
      const start = font.readUInt16BE(at + 16 + 2 * segments + 2 * s);
      const delta = font.readUInt16BE(at + 16 + 4 * segments + 2 * s);
      const rangeAt = at + 16 + 6 * segments + 2 * s;
      const range = font.readUInt16BE(rangeAt);
      for (let code = start; code <= end && code < 0xffff; code++) {
        let glyph = code + delta;
        if (range !== 0) {
          const found = font.readUInt16BE(rangeAt + range + 2 * (code - start));
          glyph = found === 0 ? 0 : found + delta;
        }
        advances[code] = advance(glyph & 0xffff);
      }
    }
  }
  return advances;
}

let ready: Promise<void> | undefined;

/** Makes Vega measure text with the packaged font; runs once per process. */
export function measureText(): Promise<void> {
  ready ??= readFile(distPath("fonts/Inter-Regular.ttf")).then((font) => {
    const advances = readAdvances(font);
    const width = (text: string) => {
      let sum = 0;
      for (let i = 0; i < text.length; i++) sum += advances[text.charCodeAt(i)]!;
      return sum;
    };
    // Vega exports this object for that purpose, but its types do not declare it.
    const metrics = (vega as unknown as { textMetrics: TextMetrics }).textMetrics;
    metrics.width = (item, text) => {
      const size = item.fontSize ?? 11;
      const scale = size * (isBold(item) ? widened.bold : widened.regular);
      const whole = text === null || text === undefined ? 0 : width(String(text).trim()) * scale;
      // At most the limit, but not less for a long text: Vega truncates if the width is not below the limit.
      return item.limit && item.limit > 0 ? Math.min(whole, item.limit) : whole;
    };
  });
  return ready;
}
