import type { Repository } from "../../distribution/repository";
import { hasRegistryCode } from "../../errors";
import { referenceTo } from "../../oci/reference";
import type { Context } from "../context";
import type { CopyPlan } from "../copy/copyPlan";
import { repositoryAt } from "../process/repositoryAt";
import type { Target } from "../properties/target";
import { repositoryName } from "../properties/target";
import { conflict } from "../tagged/tagCheck";
import type { TagOutcome } from "../tagged/tagOutcome";
import { type FreeTag, isDone, orFailure, type TagWriter } from "../tagged/writeTags";
import { type AzureImporter, azureImporter } from "./azureImporter";

/**
 * Has Azure write the tags of a whole image that it has brought: those that are new with `NoForce`, so that one that somebody else
 * takes in between stays theirs; those that move with `Force`, once it is sure that no lock is on them, which Azure does not heed.
 * Where locks may not be read, a tag that moves is put by this process, which they bind.
 * @returns `undefined` where Azure does not bring the image, or where it is not the source's own manifest that the tags name.
 */
export function azureTags(context: Context, { source, root }: CopyPlan, target: Target): TagWriter | undefined {
  const importer = azureImporter(context, source, target);
  if (importer === undefined || root === undefined) return undefined;
  const { digest } = root.descriptor;
  const repository = repositoryAt(context, target);
  const by = async (mode: Mode, ways: readonly Way[]) => {
    const tags = ways.filter((way) => way.mode === mode).map(({ tag }) => tag);
    if (tags.length === 0) return [];
    context.inform(`Azure tags ${referenceTo(repositoryName(target), digest)} as ${tags.join(", ")}`);
    return importUnder(importer, repository, digest, tags, mode);
  };
  return async (tags, put) => {
    const judged = await Promise.all(tags.map((free) => orFailure(free.tag, () => wayOf(repository, free))));
    const ways = judged.filter(isWay);
    const written = await Promise.all([
      by("NoForce", ways),
      by("Force", ways),
      ...ways.filter(({ mode }) => mode === "put").map(async ({ tag }) => [await put(tag)]),
    ]);
    return [...judged.filter(isDone), ...written.flat()];
  };
}

type Mode = "NoForce" | "Force";

/** How a tag is written. */
interface Way {
  readonly tag: string;
  readonly mode: Mode | "put";
}

function isWay(judged: Way | TagOutcome): judged is Way {
  return !isDone(judged);
}

async function wayOf(repository: Repository, { tag, held }: FreeTag): Promise<Way> {
  const isTold = (await repository.locks?.assertWritable(tag)) ?? false;
  if (held === undefined) return { tag, mode: "NoForce" };
  return { tag, mode: isTold ? "Force" : "put" };
}

async function importUnder(
  importer: AzureImporter,
  repository: Repository,
  digest: string,
  tags: readonly string[],
  mode: Mode,
): Promise<readonly TagOutcome[]> {
  const written = (tag: string): TagOutcome => ({ tag, result: "written", subjectHandled: false });
  try {
    await importer.importManifest(digest, tags, mode);
    return tags.map(written);
  } catch (error) {
    // One tag that exists keeps all of them from being written, also when it is our own and only the answer was lost.
    const after = async (tag: string) => {
      const held = hasRegistryCode(error, "Conflict") ? await repository.headManifest(tag) : undefined;
      if (held?.digest === digest) return written(tag);
      throw held === undefined ? error : await conflict(repository, tag, held.digest);
    };
    return Promise.all(tags.map((tag) => orFailure(tag, () => after(tag))));
  }
}
