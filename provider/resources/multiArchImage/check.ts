import { claimTags } from "../claimTags";
import type { Context } from "../context";
import { stateSchema } from "../difference";
import type { CheckResult, PropertyBag } from "../lifecycle";
import type { Drift } from "../tagCheck";
import { checkTags } from "../tagCheck";
import { parseTagBehaviour } from "../tagInputs";
import type { Target } from "../target";
import { canonicalRegistry, parseTarget, recordedAt } from "../target";
import { isUnknown } from "../unknown";
import { parseChildTag } from "./childTag";
import { compute } from "./compute";
import { parseIndexInputs, parseTags } from "./inputs";
import { withoutComputed } from "./state";

/**
 * Validates the inputs, works out the exact index and looks at the tags. Nothing is written.
 * @throws ERR_INPUT_INVALID and the other codes of planning, each with the input's path; ERR_TAG_CONFLICT.
 */
export async function check(context: Context, olds: PropertyBag, news: PropertyBag): Promise<CheckResult> {
  const { resourceName, ...given } = news;
  const declared = withoutComputed(given);
  const target = parseTarget(declared);
  const tags = parseTags(declared);
  parseTagBehaviour(declared);
  parseChildTag(declared);
  const index = parseIndexInputs(declared);
  if (target) claimTags(context, target, tags, `MultiArchImage ${String(resourceName)}`);
  const inputs = { ...declared, ...canonicalRegistry(declared, target) };
  const recorded = recordedAt(olds, inputs);
  const computed = await compute(context, index, target, inputs, recorded);
  const drift = target ? await lookAtTags(context, target, tags, inputs, String(computed["digest"]), recorded) : {};
  const checked = { ...inputs, ...computed, schema: stateSchema, ...(Object.keys(drift).length > 0 && { drift }) };
  return { inputs: checked, failures: [] };
}

async function lookAtTags(
  context: Context,
  target: Target,
  tags: readonly string[],
  inputs: PropertyBag,
  digest: string,
  recorded: PropertyBag | undefined,
): Promise<Drift> {
  return checkTags(context, {
    target,
    tags,
    digest: isUnknown(digest) ? undefined : digest,
    recorded: recorded && { digest: String(recorded["digest"]), tags: parseTags(recorded) },
    behaviour: parseTagBehaviour(inputs),
  });
}
