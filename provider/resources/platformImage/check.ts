import { hasCode, ProviderError } from "../../errors";
import { resolveSource } from "../../sources/resolve";
import { blaming } from "../blame";
import { claimTags } from "../claimTags";
import type { Context } from "../context";
import { stateSchema } from "../difference";
import type { CheckResult, PropertyBag } from "../lifecycle";
import type { TagCheck } from "../tagCheck";
import { beginTagCheck } from "../tagCheck";
import { parseTagBehaviour } from "../tagInputs";
import type { Target } from "../target";
import { canonicalRegistry, parseTarget, recordedAt, repositoryName } from "../target";
import { knownText, unknownValue } from "../unknown";
import { describeAttestations, describeImage } from "./describe";
import type { ImageInputs } from "./inputs";
import { parseDeclaredPlatform, parseImageInputs, parseOwnTag, refuseSecretEnvironment } from "./inputs";
import { checkPlatform } from "./platformCheck";
import { withoutComputed } from "./state";

/**
 * Validates the inputs, works out the exact image from its source, and looks at what is on the registry. Nothing is written.
 * @throws ERR_INPUT_INVALID, ERR_PLATFORM_MISMATCH, ERR_SOURCE_UNAVAILABLE and what the source throws; ERR_TAG_CONFLICT.
 */
export async function check(context: Context, olds: PropertyBag, news: PropertyBag): Promise<CheckResult> {
  refuseSecretEnvironment(news);
  const { resourceName, secretEnvironment: _, ...given } = news;
  const declared = withoutComputed(given);
  const target = parseTarget(declared);
  const tags = parseOwnTag(declared);
  parseTagBehaviour(declared);
  const image = parseImageInputs(declared);
  if (target) claimTags(context, target, tags, `PlatformImage ${String(resourceName)}`);
  const inputs = { ...declared, ...canonicalRegistry(declared, target) };
  const recorded = recordedAt(olds, inputs);
  const checkTags = target && tagCheckOf(context, target, tags, inputs, recorded);
  const computed = image ? await compute(context, image, target, recorded) : unknownImage(declared);
  const drift = checkTags ? await checkTags(knownText(computed["digest"])) : {};
  const checked = { ...inputs, ...computed, schema: stateSchema, ...(Object.keys(drift).length > 0 && { drift }) };
  return { inputs: checked, failures: [] };
}

async function compute(
  context: Context,
  inputs: ImageInputs,
  target: Target | undefined,
  recorded: PropertyBag | undefined,
): Promise<PropertyBag> {
  try {
    const { annotations } = inputs;
    const image = await blaming("source", false, () =>
      resolveSource(inputs.source, inputs.platform, context, annotations ? { annotations } : {}),
    );
    checkPlatform(inputs, image);
    const descriptor = describeImage(inputs, image);
    return { descriptor, digest: descriptor.digest, attestationManifests: describeAttestations(image) };
  } catch (error) {
    if (inputs.ifSourceMissing === "fail" || !isSourceMissing(error)) throw error;
    return kept(context, target, recorded, error);
  }
}

function isSourceMissing(error: unknown): error is Error {
  return hasCode(error, "ERR_SOURCE_UNAVAILABLE") || hasCode(error, "ERR_NOT_FOUND");
}

/** The recorded image, when the registry still has it: what `ifSourceMissing: "keep"` asks for. */
async function kept(
  context: Context,
  target: Target | undefined,
  recorded: PropertyBag | undefined,
  missing: Error,
): Promise<PropertyBag> {
  if (recorded === undefined || target === undefined) throw missing;
  const { descriptor, digest, attestationManifests } = recorded;
  const found = await context.registry(target.connection).repository(target.repository).headManifest(String(digest));
  if (found) return { descriptor, digest, attestationManifests };
  const reference = `${repositoryName(target)}@${String(digest)}`;
  throw new ProviderError(
    "ERR_NOT_FOUND",
    `${missing.message} And ${reference}, which ifSourceMissing: "keep" would keep, is not there either. Bring the source back.`,
    { reference },
    { cause: missing },
  );
}

function unknownImage(declared: PropertyBag): PropertyBag {
  const platform = parseDeclaredPlatform(declared) ?? unknownValue;
  const descriptor = { mediaType: unknownValue, digest: unknownValue, size: unknownValue, platform };
  return { descriptor, digest: unknownValue, attestationManifests: unknownValue };
}

function tagCheckOf(
  context: Context,
  target: Target,
  tags: readonly string[],
  inputs: PropertyBag,
  recorded: PropertyBag | undefined,
): TagCheck {
  return beginTagCheck(context, {
    target,
    tags,
    recorded: recorded && { digest: String(recorded["digest"]), tags: parseOwnTag(recorded) },
    behaviour: parseTagBehaviour(inputs),
  });
}
