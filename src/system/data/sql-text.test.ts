import { expect, it } from "vitest";
import { fillSql, sqlString } from "./sql-text.js";

it("quotes strings", () => expect(sqlString("it's")).toBe("'it''s'"));

it("fills every placeholder, and only existing ones", () => {
  expect(fillSql("SELECT {{a}}, {{a}}", { a: "1" })).toBe("SELECT 1, 1");
  expect(() => fillSql("SELECT {{a}}", {})).toThrow("{{a}}");
  expect(() => fillSql("SELECT 1", { a: "1" })).toThrow("no place for a");
});
