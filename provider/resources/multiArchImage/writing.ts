import type { ManifestContent, Repository } from "../../distribution/repository";
import { ProviderError } from "../../errors";
import type { Context } from "../context";
import { stringMap } from "../inputs";
import type { PropertyBag } from "../lifecycle";
import type { Ownership } from "../ownership";
import type { TagBehaviour } from "../tagInputs";
import { parseTagBehaviour } from "../tagInputs";
import type { TagOutcome } from "../tagWrite";
import type { Target } from "../target";
import { knownTarget } from "../target";
import { allChildTags, parseChildTag } from "./childTag";
import { parseIndexInputs, parseTags } from "./inputs";
import type { IndexPlan } from "./plan";
import { planIndex } from "./plan";

/** One writing of an index, with everything that its steps share. */
export interface Writing extends IndexPlan {
  readonly context: Context;
  readonly target: Target;
  readonly repository: Repository;
  readonly inputs: PropertyBag;
  readonly tags: readonly string[];
  readonly behaviour: TagBehaviour;
  readonly content: ManifestContent;
}

/** What a step leaves: the ownership so far, why anything of it failed, and whether the index is anywhere. */
export interface Step {
  readonly owned: Ownership;
  readonly failures: readonly unknown[];
  readonly indexWritten: boolean;
  readonly subjectHandled: boolean;
}

/**
 * Works out once more what checked inputs ask for.
 * @throws ERR_DIGEST_MISMATCH when it is no longer what `check` said; what planning throws.
 */
export async function prepare(context: Context, inputs: PropertyBag): Promise<Writing> {
  const target = knownTarget(inputs);
  const plan = await plannedIndex(context, target, inputs);
  return {
    ...plan,
    context,
    target,
    repository: context.registry(target.connection).repository(target.repository),
    inputs,
    tags: parseTags(inputs),
    behaviour: parseTagBehaviour(inputs),
    content: { descriptor: plan.index.descriptor, bytes: plan.index.bytes },
  };
}

async function plannedIndex(context: Context, target: Target, inputs: PropertyBag): Promise<IndexPlan> {
  const parsed = parseIndexInputs(inputs);
  const plan = parsed && (await planIndex(context, parsed, target, stringMap(inputs, "sources") ?? {}));
  if (plan === undefined || !("index" in plan)) throw new Error("the images are not known yet");
  const { digest } = plan.index.descriptor;
  if (digest === inputs["digest"]) return plan;
  throw new ProviderError(
    "ERR_DIGEST_MISMATCH",
    `the index would be ${digest}, but ${String(inputs["digest"])} was planned: an image changed in between. ` +
      "Nothing was written; run `pulumi up` again.",
    { expected: String(inputs["digest"]), actual: digest },
  );
}

/** The tags that the children get, with the digest that each names. @throws ERR_INPUT_INVALID as {@link allChildTags}. */
export function wantedChildTags({ inputs, tags, index }: Writing): Readonly<Record<string, string>> {
  const template = parseChildTag(inputs);
  return template === undefined ? {} : allChildTags(template, tags, index.manifests);
}

/** Only with `onDelete: "delete"` it matters which manifests were there before us. */
export function looksForAll({ onDelete }: TagBehaviour): boolean {
  return onDelete === "delete";
}

/** Why the tags that failed did so. */
export function errorsOf(outcomes: readonly TagOutcome[]): readonly unknown[] {
  return outcomes.flatMap((outcome) => (outcome.result === "failed" ? [outcome.error] : []));
}
