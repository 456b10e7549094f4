/**
 * The types of a flow under construction. `S` maps each step to the state after it: the artifacts and item that later steps can
 * read.
 */
import type { JoinTask, Task } from "../task/task.js";
import type { ItemOf, MergedBranches, NoArtifacts, Overlay, Root, Unchanged, Values } from "./types.js";

/** The state after the step of this name; empty before the first one. */
export type State<S, Name> = [Name] extends [never] ? Root : Name extends keyof S ? S[Name] : Root;
export type ArtifactsIn<St> = St extends { artifacts: infer A } ? A : NoArtifacts;
type ItemIn<St> = St extends { item: infer I } ? I : undefined;
type OuterOf<St> = St extends { outer: infer O } ? O : Root;
/** The steps that `after` can name. */
export type Names<S> = keyof S & string;

/** The item type of a foreach over an artifact. */
type Each<St, Over extends string> = ItemOf<ArtifactsIn<St>, Over & keyof ArtifactsIn<St>>;
/** The artifacts that a join can read directly: those from before its foreach that no step within rewrote. */
type Kept<St> = Unchanged<ArtifactsIn<OuterOf<St>>, ArtifactsIn<St>>;

/** The argument of a step's, a foreach's and a join's function, after a step that left the state `St`. */
export type StepTask<Parameters, St> = Task<Parameters, Values<ArtifactsIn<St>>, ItemIn<St>>;
export type ForeachTask<Parameters, St, Over extends string> = Task<
  Parameters,
  Values<ArtifactsIn<St>>,
  Each<St, Over>
>;
export type EndTask<Parameters, St> = JoinTask<
  Parameters,
  Values<Kept<St>>,
  ItemIn<OuterOf<St>>,
  ReadonlyArray<Values<ArtifactsIn<St>>>
>;
/** The argument of the function of a join of branches. */
export type BranchesTask<Parameters, S, Branches extends string> = JoinTask<
  Parameters,
  Values<MergedBranches<S, Branches>>,
  ItemIn<State<S, Branches>>,
  { readonly [B in Branches]: Values<ArtifactsIn<State<S, B>>> }
>;

type With<S, Name extends string, A, Item, Outer> = S & {
  [N in Name]: { artifacts: A; item: Item; outer: Outer };
};

/** `S` with one more step, which follows the state `St` and writes `Wrote`. */
export type AfterStep<S, Name extends string, St, Wrote> = With<
  S,
  Name,
  Overlay<ArtifactsIn<St>, Wrote>,
  ItemIn<St>,
  OuterOf<St>
>;
export type AfterForeach<S, Name extends string, St, Over extends string, Wrote> = With<
  S,
  Name,
  Overlay<ArtifactsIn<St>, Wrote>,
  Each<St, Over>,
  St
>;
export type AfterEnd<S, Name extends string, St, Wrote> = With<
  S,
  Name,
  Overlay<Kept<St>, Wrote>,
  ItemIn<OuterOf<St>>,
  OuterOf<OuterOf<St>>
>;
export type AfterBranches<S, Name extends string, Branches extends string, Wrote> = With<
  S,
  Name,
  Overlay<MergedBranches<S, Branches>, Wrote>,
  ItemIn<State<S, Branches>>,
  OuterOf<State<S, Branches>>
>;
