import type { Repository } from "../../distribution/repository";
import { ProviderError } from "../../errors";
import type { Context } from "../context";
import type { PropertyBag } from "../properties/bag";
import { stringMap } from "../properties/readers";
import { parseTagBehaviour, parseTags } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { knownTarget } from "../properties/target";
import type { TaggedManifest } from "../tagged/putTagged";
import { parseIndexInputs } from "./inputs";
import type { IndexPlan } from "./plan";
import { planIndex } from "./plan";
import { assertSourcesUnmoved } from "./sources";

/** One writing of an index, with everything that its steps share. */
export interface Writing extends IndexPlan, TaggedManifest {
  readonly repository: Repository;
  readonly inputs: PropertyBag;
}

/**
 * Works out once more what checked inputs ask for.
 * @throws ERR_DIGEST_MISMATCH when it is no longer what `check` said, or a tag that an image is taken from was moved; what
 * planning throws.
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
  const sources = stringMap(inputs, "sources") ?? {};
  const [plan] = parsed
    ? await Promise.all([
        planIndex(context, parsed, target, sources),
        assertSourcesUnmoved(context, parsed, target, sources),
      ])
    : [];
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
