import { parseTags } from "../properties/tagInputs";
import { taggedLifecycle } from "../tagged/taggedLifecycle";
import { assertRestorable, watchedChildren } from "./children";
import { compute } from "./compute";
import { type DeclaredImport, parseDeclaredImport } from "./inputs";
import { observe } from "./observe";
import { type ImportOutputs, importOutputs } from "./outputs";
import { type ImportResults, importedManifests, importResults } from "./results";
import { write } from "./write";

/** The lifecycle of `ImportedImage`: a copy of an image, or of some of its platforms, under tags. */
export const importedImageLifecycle = taggedLifecycle<DeclaredImport, ImportResults, ImportOutputs>({
  tagInput: "tags",
  decidedBy: "source",
  areDigestsMadeByWrite: false,
  transient: [],
  parseTags,
  parseInputs: parseDeclaredImport,
  refuse: () => {},
  results: importResults,
  outputs: importOutputs,
  isComplete: ({ digest }) => digest !== undefined,
  companionTags: ({ referrers }) => referrers?.referrerTags ?? {},
  manifests: importedManifests,
  compute,
  children: watchedChildren,
  assertRestorable,
  content: ({ results: { digest, referrers } }) => ({ digest, referrers }),
  untaggedName: ({ results }) => `@${String(results.digest)}`,
  subject: () => undefined,
  write,
  observe,
});
