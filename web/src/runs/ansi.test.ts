import { expect, it } from "vitest";
import { pieces } from "./ansi.js";

const esc = "\x1b[";

it("makes looks of colour codes, line by line", () => {
  expect(pieces([`${esc}31mred${esc}0m and ${esc}1;92mboth${esc}22m green${esc}39m`, "plain"])).toEqual([
    { text: "red", look: "red" },
    { text: " and ", look: "" },
    { text: "both", look: "bold green" },
    { text: " green", look: "green" },
    { text: "\nplain\n", look: "" },
  ]);
  // An open colour ends with its line, since the next line may come from another writer.
  expect(pieces([`${esc}2mdim`, "next"])).toEqual([
    { text: "dim\n", look: "dim" },
    { text: "next\n", look: "" },
  ]);
});

it("passes over what a page cannot show", () => {
  const line = `${esc}38;5;31ma${esc}48;2;1;31;3mb${esc}2K${esc}?25lc\x1b]8;;https://a.example\x07link\x1b]8;;\x07\x1b7`;
  expect(pieces([line])).toEqual([{ text: "abclink\n", look: "" }]);
  expect(pieces(["10 %\r50 %\r100 %"])).toEqual([{ text: "100 %\n", look: "" }]);
});
