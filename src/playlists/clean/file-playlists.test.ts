import { expect, it } from "vitest";
import { fileNames } from "./file-playlists.js";

const names = (...paths: string[]) => [...fileNames(paths).values()];

it("names files without their folders and extensions", () => {
  expect(names("a/Road trip.csv", "b/Vol. 2.tsv.gz", "c/90s.mix.CSV", "d/plain", "e/x.csv.csv")).toEqual([
    "Road trip",
    "Vol. 2",
    "90s.mix",
    "plain",
    "x.csv",
  ]);
  expect(names("in/.csv")).toEqual([".csv"]);
});

it("keeps files of one name apart", () => {
  expect(names("anna/mix.csv", "ben/mix.csv.gz", "other.csv")).toEqual([
    "anna/mix.csv",
    "ben/mix.csv.gz",
    "other",
  ]);
  const three = names("mix.csv", "in/mix.csv", "mix.csv.csv");
  expect(new Set(three).size).toBe(3);
});
