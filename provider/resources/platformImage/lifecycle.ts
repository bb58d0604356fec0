import { taggedLifecycle } from "../tagged/taggedLifecycle";
import { assertRestorable, attestationsByName } from "./children";
import { compute } from "./compute";
import { type DeclaredImage, parseDeclaredImage, parseOwnTag, refuseSecretEnvironment } from "./inputs";
import { observe } from "./observe";
import { type ImageOutputs, imageOutputs } from "./outputs";
import { type ImageResults, imageManifests, imageResults, platformSuffix } from "./results";
import { write } from "./write";

/** The lifecycle of `PlatformImage`: one platform's image in a repository, with or without a tag. */
export const platformImageLifecycle = taggedLifecycle<DeclaredImage, ImageResults, ImageOutputs>({
  tagInput: "tag",
  decidedBy: "source",
  areDigestsMadeByWrite: false,
  transient: ["secretEnvironment"],
  parseTags: parseOwnTag,
  parseInputs: parseDeclaredImage,
  refuse: refuseSecretEnvironment,
  results: imageResults,
  outputs: imageOutputs,
  isComplete: ({ digest }) => digest !== undefined,
  companionTags: ({ referrers }) => referrers?.referrerTags ?? {},
  manifests: imageManifests,
  compute,
  children: (_declared, { results }) => attestationsByName(results),
  assertRestorable,
  content: ({ results: { digest, attestations, referrers } }) => ({ digest, attestations, referrers }),
  untaggedName: ({ results }) => platformSuffix(results),
  subject: () => undefined,
  write,
  observe,
});
