import { taggedLifecycle } from "../taggedLifecycle";
import { parseTags } from "../tagInputs";
import { parseChildTag } from "./childTag";
import { compute, computed } from "./compute";
import { watchListing } from "./listing";
import { assertRestorable, unwatchedChildren } from "./lostChildren";
import { outputs } from "./outputs";
import { read } from "./read";
import { remove } from "./remove";
import { writeIndex } from "./writeIndex";

/** The lifecycle of `MultiArchImage`: an index over images of several platforms, under tags. */
export const multiArchImageLifecycle = taggedLifecycle({
  name: "MultiArchImage",
  tagInput: "tags",
  computed,
  decidedBy: "images",
  outputs,
  transient: [],
  written: ["digest", "childTag"],
  tags: parseTags,
  validate: parseChildTag,
  compute,
  children: unwatchedChildren,
  watch: watchListing,
  assertRestorable,
  untaggedName: ({ digest }) => `@${String(digest)}`,
  write: writeIndex,
  read,
  delete: (context, _id, state) => remove(context, state),
});
