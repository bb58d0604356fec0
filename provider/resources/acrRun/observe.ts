import type { Context } from "../context";
import { repositoryAt } from "../process/repositoryAt";
import type { Placed, Planned, Previous } from "../tagged/declared";
import type { Observation } from "../tagged/taggedKind";
import type { DeclaredRun } from "./inputs";
import type { RunOutputs } from "./outputs";
import type { RunResults } from "./results";

/**
 * Observes the images: `drift` tells each tag that names another digest than the run has pushed.
 * @returns `undefined` when all of them are gone.
 */
export async function observe(
  context: Context,
  {
    recorded,
    outputs,
  }: Previous<DeclaredRun, RunResults, RunOutputs> & { recorded: Placed<Planned<DeclaredRun, RunResults>> },
): Promise<Observation<RunResults, RunOutputs> | undefined> {
  const repository = repositoryAt(context, recorded.target);
  const images = recorded.inputs?.run?.images ?? [];
  const named = await Promise.all(
    images.map(async ({ platform, tag }) => {
      return { tag, built: outputs?.digests[platform], held: (await repository.headManifest(tag))?.digest };
    }),
  );
  if (named.every(({ held }) => held === undefined)) return undefined;
  const moved = named.flatMap(({ tag, built, held }) => (held === built ? [] : [[tag, held ?? "gone"]]));
  return { drift: Object.fromEntries(moved) };
}
