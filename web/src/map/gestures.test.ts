import { describe, expect, it } from "vitest";
import { Gestures } from "./gestures.js";

/** Gestures that log their events, one line each. */
function told(draws = false) {
  const said: string[] = [];
  const gestures = new Gestures({
    draws: () => draws,
    began: () => said.push("began"),
    pointed: ({ x, y }) => said.push(`pointed ${x},${y}`),
    clicked: ({ x, y }) => said.push(`clicked ${x},${y}`),
    panned: (dx, dy) => said.push(`panned ${dx},${dy}`),
    pinched: (factor, { x, y }) => said.push(`pinched ${factor} ${x},${y}`),
    drew: ({ x, y }) => said.push(`drew ${x},${y}`),
    drawn: () => said.push("drawn"),
  });
  const at = (offsetX: number, offsetY: number, pointerId = 1) => ({ pointerId, offsetX, offsetY });
  return { said, gestures, at };
}

describe("gestures on the map", () => {
  it("points where nothing is held, and clicks where the hand but trembled", () => {
    const { said, gestures, at } = told();
    gestures.move(at(5, 5));
    gestures.down(at(10, 10));
    gestures.move(at(12, 11));
    gestures.up(at(12, 11));
    expect(said).toEqual(["pointed 5,5", "began", "clicked 12,11"]);
  });

  it("pans by each step of a drag, which is no click", () => {
    const { said, gestures, at } = told();
    gestures.down(at(10, 10));
    gestures.move(at(20, 10));
    gestures.move(at(21, 12));
    gestures.up(at(21, 12));
    expect(said).toEqual(["began", "panned 10,0", "panned 1,2"]);
  });

  it("draws a line where dragging draws", () => {
    const { said, gestures, at } = told(true);
    gestures.down(at(0, 0));
    gestures.move(at(1, 0));
    gestures.move(at(9, 9));
    gestures.up(at(9, 9));
    expect(said).toEqual(["began", "drew 1,0", "drew 9,9", "drawn"]);
  });

  it("zooms by two fingers about the spot between them, and goes on with the one that stays", () => {
    const { said, gestures, at } = told();
    gestures.down(at(0, 0, 1));
    gestures.down(at(100, 0, 2));
    gestures.move(at(200, 0, 2));
    gestures.up(at(200, 0, 2));
    gestures.move(at(0, 10, 1));
    gestures.up(at(0, 10, 1));
    expect(said).toEqual(["began", "began", "pinched 2 50,0", "panned 50,0", "panned 0,10"]);
  });
});
