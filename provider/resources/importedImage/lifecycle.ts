import { removePushed } from "../pushedRemoval";
import { referrerNames } from "../referrers";
import { taggedLifecycle } from "../taggedLifecycle";
import { parseTags } from "../tagInputs";
import { assertRestorable, watchedChildren } from "./children";
import { compute, computed } from "./compute";
import { outputs } from "./outputs";
import { read } from "./read";
import { writeImport } from "./write";

/** The lifecycle of `ImportedImage`: a copy of an image, or of some of its platforms, under tags. */
export const importedImageLifecycle = taggedLifecycle({
  name: "ImportedImage",
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
  delete: (context, _id, state) => removePushed(context, state),
});
