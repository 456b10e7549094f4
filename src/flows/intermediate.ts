/** intermediate: raw file(s) → the master table of plays. Every rejected line is counted and kept in a rejects file. */
import { basename, join } from "node:path";
import { flow } from "../workflow/index.js";
import { counted } from "../workflow/terminal/text/format.js";
import { inputsOf } from "./parameters/inputs.js";
import { ofParameter } from "./parameters/of-parameter.js";
import { intermediateParameters } from "./parameters/parameters.js";
import { withOwnFiles } from "./places/own-files.js";
import { checkPlaces, placesOf } from "./places/places.js";
import { runFile } from "./places/run-file.js";

export const intermediate = flow("intermediate", {
  module: import.meta.url,
  description: "clean raw playlists into one master table",
  parameters: intermediateParameters,
  check: async (parameters, engine) => {
    const { checkSessions, findInputs, namesToLeaveOut, parseColumnMapping } = await import(
      "../playlists/index.js"
    );
    checkSessions(parameters);
    if (parameters.columns !== "") parseColumnMapping(parameters.columns);
    await checkPlaces(parameters.data, engine);
    const inputs = await inputsOf(parameters);
    // Fails before the run starts if there is nothing to read. Workers on other machines see other files.
    if (engine !== "local") return;
    await findInputs(inputs).catch(ofParameter("input"));
    await namesToLeaveOut(parameters.leaveOut);
  },
})
  .step("start", { description: "find the inputs" }, async ({ parameters }) => {
    const inputs = await inputsOf(parameters);
    if (parameters.input.length === 0) console.log(`reading ${inputs.join(", ")}`);
    return { inputs };
  })
  .step(
    "clean_data",
    { description: "read, check, write Parquet" },
    async ({ parameters, artifacts, run, folder, progress, signal, card }) => {
      const { cleanPlaylists, filePlaylistsLine, parseColumnMapping, rejectLine } = await import(
        "../playlists/index.js"
      );
      const place = await placesOf(parameters.data);
      const master = place("master_playlists");
      const rejects = place("rejected_rows");
      const { facts, table, rejectedRows } = await withOwnFiles(master, folder, async (own, publish) => {
        const output = join(own, basename(master));
        const rejected = join(own, "rejected_rows.jsonl");
        const facts = await cleanPlaylists({
          inputs: artifacts.inputs,
          format: parameters.format,
          encoding: parameters.encoding,
          ...(parameters.escape === "auto" ? {} : { escape: parameters.escape }),
          ...(parameters.columns === "" ? {} : { mapping: parseColumnMapping(parameters.columns) }),
          sessionGap: parameters.sessionGap,
          sessionLength: parameters.sessionLength,
          dates: parameters.dates,
          leaveOut: parameters.leaveOut,
          output,
          rejects: rejected,
          // Where the rejects stay if every line is rejected and the step fails; per run, so that no other run overwrites them.
          onlyRejects: runFile(rejects, run),
          subset: parameters.subset,
          memoryLimit: parameters.memoryLimit,
          progress,
          signal,
        });
        return {
          facts,
          table: await publish(output, master),
          rejectedRows: await publish(rejected, rejects),
        };
      });
      console.log(
        `${facts.rows} rows read, ${facts.accepted} accepted, ${facts.rejected} rejected, ${facts.written} written`,
      );
      const assumed = filePlaylistsLine(facts);
      if (assumed !== undefined) console.log(assumed);
      for (const note of facts.notes) console.log(note);
      for (const reject of facts.firstRejects) console.log(`rejected ${rejectLine(reject)}`);
      for (const remedy of facts.remedies) console.log(remedy);
      if (facts.rejected > facts.firstRejects.length)
        console.log(
          `all ${facts.rejected} rejected rows: ${rejects}, until the next run; then: segue dump intermediate/${run}/clean_data/rejectedRows`,
        );
      const inMaster = `${facts.written.toLocaleString("en")} rows are in the master table`;
      card.title("Cleaning");
      if (facts.rejected === 0) card.markdown(`${inMaster}; no row was rejected.`);
      else {
        card.markdown(`${inMaster}.`);
        card.table(
          Object.entries(facts.rejectsByReason).map(([reason, rows]) => ({ reason, rows })),
          { caption: "Rejected rows" },
        );
      }
      return { master: table, clean: facts, rejectedRows };
    },
  )
  .step("end", ({ artifacts }) => {
    console.log(
      `master table: ${artifacts.clean.written} rows of ${counted(artifacts.clean.files.length, "file")}`,
    );
  });
