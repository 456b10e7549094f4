import { expect, it } from "vitest";
import { processorMs } from "../../system/time.testkit.js";
import { plainName } from "./plain-name.js";

it.each([
  ["Modjo feat. A & B - Lady (Hear Me Tonight)", "modjo - lady (hear me tonight)"],
  ["Modjo-Lady (feat. A) - Radio Edit", "modjo-lady"],
  ["Modjo-Lady [ft. A] (Remastered 2011)", "modjo-lady"],
  ["Modjo-Lady featuring A", "modjo-lady"],
  ["Modjo feat. A-Lady", "modjo-lady"],
  ["Modjo ft. Jay-Z-Lady (Radio Edit)", "modjo-lady"],
  ["Modjo-Lady ft. Jay-Z", "modjo-lady"],
  ["Modjo-Lady (ft. Jay-Z)", "modjo-lady"],
  ["Little Feat-Willin'", "little feat-willin'"],
  ["Modjo-With You (Live)", "modjo-with you (live)"],
])("reduces %s to %s", (track, plain) => {
  expect(plainName(track)).toBe(plain);
});

it("takes no longer for text that is not a name", async () => {
  const sent = [" ".repeat(2000), "(feat ".repeat(330), " - ".repeat(660), `${"\t".repeat(1999)}(`];
  const taken = await processorMs(() => {
    for (let i = 0; i < 250; i++) for (const text of sent) plainName(text);
  });
  expect(taken).toBeLessThan(2_000);
});
