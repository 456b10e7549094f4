/** Renders rows as an HTML table. */
import { escapeHtml } from "../../system/index.js";

export interface TableLook {
  readonly columns?: readonly string[];
  /** The index of a row to mark. */
  readonly highlight?: number;
}

const shownRows = 1000;

export function tableToHtml(rows: readonly object[], look: TableLook): string {
  const columns = look.columns ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const isNumeric = new Map(
    columns.map((column) => {
      const cells = rows
        .map((row) => (row as Record<string, unknown>)[column])
        .filter((cell) => cell != null && cell !== "");
      return [column, cells.length > 0 && cells.every(isFigure)];
    }),
  );
  const aligned = (column: string) => (isNumeric.get(column) ? ' class="number"' : "");
  const head = columns.map((column) => `<th${aligned(column)}>${escapeHtml(column)}</th>`).join("");
  const body = rows.slice(0, shownRows).map((row, i) => {
    const cells = columns.map(
      (column) =>
        `<td${aligned(column)}>${escapeHtml(cellText((row as Record<string, unknown>)[column]))}</td>`,
    );
    return `<tr${i === look.highlight ? ' class="mark"' : ""}>${cells.join("")}</tr>`;
  });
  const rest = rows.length > shownRows ? `<p class="rest">and ${rows.length - shownRows} more rows</p>` : "";
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>${rest}`;
}

const figure = String.raw`[-−+]?\d[\d,]*(?:\.\d+)?`;
const figureText = new RegExp(`^(?:${figure}(?:–${figure})?|–)$`);
/** Whether a cell is a number, also as text: "0.0732", an interval such as "0.033–0.122", or the dash of a missing one. */
const isFigure = (cell: unknown): boolean =>
  typeof cell === "number" || typeof cell === "bigint" || (typeof cell === "string" && figureText.test(cell));

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "bigint" || Number.isInteger(cell)) return wholeNumberText(cell as number | bigint);
  if (typeof cell === "number") return fractionText(cell);
  if (cell instanceof Date) return cell.toISOString();
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}

/** Five significant digits; above that many before the point, the nearest whole number. */
function fractionText(value: number): string {
  const rounded = Number(Math.abs(value) < 10_000 ? value.toPrecision(5) : value.toFixed(0));
  return Number.isInteger(rounded) ? wholeNumberText(rounded) : String(rounded);
}

/** With separators from five digits on: a number of four may be a year. */
const wholeNumberText = (value: number | bigint): string =>
  value > -10_000 && value < 10_000 ? String(value) : value.toLocaleString("en-US");
