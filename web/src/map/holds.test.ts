import { expect, it } from "vitest";
import { holds, namesIn, plain } from "./holds.js";

it.each([
  ["drake one", true],
  ["Halo beyonce", true],
  ["  BEYONCÉ  ", true],
  ["beyonce - halo", true],
  ["halos", false],
  ["drake halo", false],
])("finds what holds each word of “%s”", (typed, found) => {
  const names = ["Drake-One Dance", "Beyoncé-Halo"].map(plain);
  expect(names.some((name) => holds(name, typed))).toBe(found);
});

it("takes names between commas apart", () => {
  expect(namesIn("drake, Beyoncé ,")).toEqual(["drake", "Beyoncé"]);
  expect(namesIn("drake one")).toEqual(["drake one"]);
});
