import { posix } from "node:path";
import { lookAtBuildContext } from "../../sources/buildContext";
import type { Context } from "../context";
import { inputError, memberPath } from "../properties/readers";
import type { Declared } from "../tagged/declared";
import { carriesSecret, type DeclaredRun, dockerfilesOf, isRemote, type RunInputs, registryIdOf } from "./inputs";
import type { RunResults, RunSource } from "./results";

const secretProblem =
  "its URL has a user or parameters, which may be secrets and would stand in the state. Check it out, and give the folder, which is uploaded.";

/**
 * Reads the source, so that preview tells whether it has to run again. Nothing is built.
 * @throws ERR_INPUT_INVALID, ERR_SOURCE_UNAVAILABLE.
 */
export async function compute(context: Context, { inputs, target }: Declared<DeclaredRun>): Promise<RunResults> {
  if (target) registryIdOf(target);
  const run = inputs?.run;
  return { digest: undefined, source: run && (await readSource(context, run)) };
}

/** Of a URL it is not known whether its content is the same as before. */
async function readSource(context: Context, run: RunInputs): Promise<RunSource> {
  const { source, images } = run;
  if (isRemote(source)) {
    if (carriesSecret(source)) throw inputError("source", secretProblem);
    return { sourceLocation: source };
  }
  const { digest, names } = await lookAtBuildContext(source, dockerfilesOf(run), context.directory);
  for (const { platform, dockerfile } of images) {
    if (dockerfile !== undefined && !names.has(posix.normalize(dockerfile)))
      throw inputError(memberPath("platforms", platform), `there is no ${dockerfile} in ${source}`);
  }
  return { contextDigest: digest };
}
