/** Options of the verbs that draw the map of music. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { misuse, wholeNumber } from "../../system/index.js";
import { numberOption } from "./number-option.js";

export interface MapOptions {
  readonly mapTracks: number;
  readonly genres: readonly string[];
}

/** Adds --map-tracks and --genres. */
export function addMapOptions(command: Command): Command {
  return command
    .addOption(
      numberOption("--map-tracks <n>", "maximum number of tracks on the map", wholeNumber(4)).default(5000),
    )
    .addOption(
      new Option("--genres <words>", "one to eight words in titles that colour the map")
        .argParser(words)
        .default(["rock", "rap", "country"], "rock,rap,country"),
    );
}

/** To be called if no map is drawn. @throws SegueError (misuse) if one of these options is given */
export function refuseMapOptions(command: Command): void {
  for (const name of ["mapTracks", "genres"] as const)
    if (command.getOptionValueSource(name) === "cli")
      throw misuse(`${names[name]} is for the map, which --no-map leaves out`, "leave out one of the two");
}

const names = { mapTracks: "--map-tracks", genres: "--genres" };

function words(text: string): string[] {
  const list = text.split(",").map((word) => word.trim());
  if (list.some((word) => word === "") || list.length > 8)
    throw new InvalidArgumentError("It should be one to eight words with commas between.");
  return list;
}
