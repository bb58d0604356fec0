import { taggedLifecycle } from "../tagged/taggedLifecycle";
import { compute } from "./compute";
import { type DeclaredRun, parseDeclaredRun, parseRunTags } from "./inputs";
import { observe } from "./observe";
import { type RunOutputs, runOutputs } from "./outputs";
import { type RunResults, runResults } from "./results";
import { write } from "./write";

/**
 * The lifecycle of a run of ACR Tasks, which builds one image for each platform and pushes it. It runs when its source, its task
 * or a trigger has changed, and when an image that it pushed is gone.
 */
export const acrRunLifecycle = taggedLifecycle<DeclaredRun, RunResults, RunOutputs>({
  tagInput: "images",
  decidedBy: "source",
  areDigestsMadeByWrite: true,
  transient: [],
  parseTags: parseRunTags,
  parseInputs: parseDeclaredRun,
  refuse: () => {},
  results: runResults,
  outputs: runOutputs,
  isComplete: ({ source }) => source !== undefined,
  companionTags: () => ({}),
  manifests: () => [],
  compute,
  children: () => ({}),
  assertRestorable: async () => {},
  content: ({ inputs, results: { source } }) => ({ ...inputs?.run, triggers: inputs?.triggers, source }),
  untaggedName: () => "",
  subject: () => undefined,
  write,
  observe,
});
