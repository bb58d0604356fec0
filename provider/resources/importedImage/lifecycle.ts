import { knownTags, parseTags } from "../properties/tagInputs";
import { referrerDigests, referrerNames } from "../referrers/referrers";
import { taggedLifecycle } from "../tagged/taggedLifecycle";
import { assertRestorable, knownManifests, watchedChildren } from "./children";
import { compute, computed } from "./compute";
import { outputs } from "./outputs";
import { read } from "./read";
import { writeImport } from "./write";

/** The lifecycle of `ImportedImage`: a copy of an image, or of some of its platforms, under tags. */
export const importedImageLifecycle = taggedLifecycle({
  tagInput: "tags",
  computed,
  decidedBy: "source",
  outputs,
  transient: [],
  written: ["digest", ...referrerNames],
  tags: parseTags,
  validate: () => {},
  compute,
  children: watchedChildren,
  assertRestorable,
  untaggedName: ({ digest }) => `@${String(digest)}`,
  write: writeImport,
  read,
  companionTags: ({ referrerTags }) => knownTags(referrerTags),
  manifests: (inputs) => [...Object.values(knownManifests(inputs)), ...referrerDigests(inputs)],
});
