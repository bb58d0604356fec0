import { knownDigests } from "../drift/listedManifests";
import { parseTags } from "../properties/tagInputs";
import { taggedLifecycle } from "../tagged/taggedLifecycle";
import { assertRestorable, unwatchedChildren } from "./children";
import { compute } from "./compute";
import { type IndexInputs, parseChildTag, parseIndexInputs } from "./inputs";
import { watchListing } from "./listing";
import { observe } from "./observe";
import { type IndexOutputs, indexOutputs } from "./outputs";
import { type IndexResults, indexResults } from "./results";
import { write } from "./write";

/** The lifecycle of `MultiArchImage`: an index over images of several platforms, under tags. */
export const multiArchImageLifecycle = taggedLifecycle<IndexInputs, IndexResults, IndexOutputs>({
  tagInput: "tags",
  decidedBy: "images",
  areDigestsMadeByWrite: false,
  transient: [],
  parseTags,
  parseInputs: parseIndexInputs,
  refuse: parseChildTag,
  results: indexResults,
  outputs: indexOutputs,
  isComplete: ({ digest }) => digest !== undefined,
  companionTags: ({ childTags }) => childTags ?? {},
  manifests: (results) => knownDigests(results),
  compute,
  children: unwatchedChildren,
  watch: watchListing,
  assertRestorable,
  content: ({ results: { digest, childTags } }) => ({ digest, childTags }),
  untaggedName: ({ results }) => `@${String(results.digest)}`,
  subject: ({ inputs }) => inputs?.subject,
  write,
  observe,
});
