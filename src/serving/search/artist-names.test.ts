import { describe, expect, it } from "vitest";
import { ArtistNames } from "./artist-names.js";

const names = await ArtistNames.build([
  "The Beatles",
  "Beyonce",
  ...["Beyoncé", "Beyoncé"],
  "AC/DC",
  "JAY-Z",
  "Florence + The Machine",
  ...["The Band", "The Band", "Band"],
  "The The",
  "!!!",
  ...["Drake", "DRAKE"],
  "",
]);

describe("artist names", () => {
  it.each([
    ["beatles", ["The Beatles"]],
    ["beyoncè", ["Beyoncé", "Beyonce"]],
    ["acdc", ["AC/DC"]],
    ["florence and the machine", ["Florence + The Machine"]],
    ["the the", ["The The"]],
    ["!!!", ["!!!"]],
    ["Eagles", []],
    ["", []],
  ])("finds the spellings of %j by its words", (name, found) => {
    expect(names.named(name)).toEqual(found);
  });

  it("prefers spellings that differ in case alone", () => {
    expect(names.named("band")).toEqual(["Band"]);
    expect(names.named("the band")).toEqual(["The Band"]);
    expect(names.named("drake")).toEqual(["Drake", "DRAKE"]);
  });

  it.each([
    ["beatles-Yesterday", "The Beatles-Yesterday"],
    ["jay z-Numb - Live", "JAY-Z-Numb - Live"],
    ["Jay-Z-Numb", "JAY-Z-Numb"],
    ["DRAKE-Something New", "DRAKE-Something New"],
    ["beyonce", "Beyonce"],
    ["Eagles-Desperado", undefined],
    ["-", undefined],
    [`${"x".repeat(1000)}-y`, undefined],
  ])("respells the artist of %j", (id, respelled) => {
    expect(names.respelled(id)).toBe(respelled);
  });
});
