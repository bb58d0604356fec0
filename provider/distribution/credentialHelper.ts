import { ProviderError } from "../errors";
import { asObject, optionalString, parseJson } from "../oci/json";
import { type Environment, findProgram, programOutputLimit, runProgram } from "../program";
import { basicCredentials, identityTokenCredentials, type ResolvedCredentials } from "./resolvedCredentials";

/**
 * Asks a docker credential helper for a registry's credentials: runs `docker-credential-<name> get` without a shell, the
 * registry on its standard input. The program is looked for in the absolute folders of PATH, never in the working folder, and
 * gets the environment that docker would give it.
 * @param name - what the configuration calls it, for example `ecr-login`.
 * @param address - the registry, canonical.
 * @param environment - the process's variables.
 * @returns `undefined` when the helper has no credentials for this registry.
 * @throws ERR_AUTH for everything else that goes wrong: nothing falls through to another source.
 * @see https://github.com/docker/docker-credential-helpers/blob/v0.9.0/README.md
 */
export async function askCredentialHelper(
  name: string,
  address: string,
  environment: Environment,
): Promise<ResolvedCredentials | undefined> {
  const fail = (reason: string) =>
    new ProviderError(
      "ERR_AUTH",
      `The credential helper ${JSON.stringify(name)}, asked for ${address}, ${reason}. ` +
        `Repair it or docker's configuration, or set \`credentials\` for ${address}.`,
      { host: address },
    );
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) throw fail("has a name that no helper can have");
  const program = await findProgram(`docker-credential-${name}`, environment);
  if (program === undefined) throw fail("is not in any absolute folder of PATH");
  const answer = await runProgram(program, ["get"], environment, helperKey(address));
  if (answer.failure === undefined) return parseAnswer(answer.stdout, address, fail);
  if (answer.stdout.trim().startsWith("credentials not found")) return undefined;
  throw fail(`failed: ${answer.failure}`);
}

/** Docker keeps the login of Docker Hub under this name, in helpers too. */
function helperKey(address: string): string {
  return address === "docker.io" ? "https://index.docker.io/v1/" : address;
}

function parseAnswer(
  stdout: string,
  address: string,
  fail: (reason: string) => Error,
): ResolvedCredentials | undefined {
  const [username, secret] = readFields(stdout);
  if (username === undefined || secret === undefined)
    throw fail("answered with something else than JSON with a Username and a Secret");
  if (secret === "") return undefined;
  return username === "<token>" ? identityTokenCredentials(secret) : basicCredentials(address, username, secret);
}

function readFields(stdout: string): readonly (string | undefined)[] {
  try {
    const answer = asObject(parseJson(Buffer.from(stdout), "answer", programOutputLimit), "answer:");
    return [optionalString(answer, "Username"), optionalString(answer, "Secret")];
  } catch {
    return [];
  }
}
