/** Errors for artifacts whose content is missing or damaged. */
import type { Store } from "../../storage/index.js";
import { SegueError } from "../../system/index.js";
import { type ArtifactRef, objectKey } from "./ref.js";

const stepOf = ({ by }: Pick<ArtifactRef, "by">) => by.split("/")[0];

/** @param where the artifact and the step: `artifact "grid" of modeling/2026…/start/0` */
export function missingArtifact(ref: Pick<ArtifactRef, "by">, where: string): SegueError {
  return new SegueError(`${where}: its content is no longer in the datastore`, {
    hint: `it may have been removed by \`segue gc\`; to make it again, resume the run with --step ${stepOf(ref)}`,
    code: "artifact-missing",
  });
}

/** @param where see `missingArtifact` */
export function damagedArtifact(
  store: Store,
  ref: Pick<ArtifactRef, "by" | "sha">,
  where: string,
): SegueError {
  return new SegueError(`${where} is damaged: its content does not match its hash`, {
    hint: `remove ${objectKey(ref.sha)} from ${store.url} and resume the run with --step ${stepOf(ref)}`,
    code: "artifact-damaged",
  });
}
