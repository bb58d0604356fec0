import { knownManifests } from "../drift/listedManifests";
import { knownTags, parseTags } from "../properties/tagInputs";
import { taggedLifecycle } from "../tagged/taggedLifecycle";
import { parseChildTag } from "./childTag";
import { compute, computed } from "./compute";
import { watchListing } from "./listing";
import { assertRestorable, unwatchedChildren } from "./lostChildren";
import { outputs } from "./outputs";
import { read } from "./read";
import { writeIndex } from "./writeIndex";

/** The lifecycle of `MultiArchImage`: an index over images of several platforms, under tags. */
export const multiArchImageLifecycle = taggedLifecycle({
  tagInput: "tags",
  computed,
  decidedBy: "images",
  outputs,
  transient: [],
  written: ["digest", "childTags"],
  tags: parseTags,
  validate: parseChildTag,
  compute,
  children: unwatchedChildren,
  watch: watchListing,
  assertRestorable,
  untaggedName: ({ digest }) => `@${String(digest)}`,
  write: writeIndex,
  read,
  companionTags: ({ childTags }) => knownTags(childTags),
  manifests: knownManifests,
});
