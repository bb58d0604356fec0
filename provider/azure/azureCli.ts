import { ProviderError } from "../errors";
import type { Clock } from "../http/clock";
import { asObject, optionalField, parseJson, stringField } from "../oci/json";
import { findProgram, programOutputLimit, runProgram } from "../program";
import type { FindIdentity, IdentitySearch } from "./credentials";
import { adviceForEntra, entraErrorOf } from "./entraRefusal";
import { type EntraToken, entraToken } from "./entraToken";

// Programs before 2.54 do not say it in a form that knows of time zones; tokens live for longer.
const defaultLifetimeMs = 300_000;

/**
 * Whoever is signed in to the Azure CLI: `az account get-access-token`, run without a shell for 30 s at most.
 * @returns `undefined` when there is no such program, or nobody is signed in. Another failure of it is the first token's.
 * @see https://learn.microsoft.com/cli/azure/account#az-account-get-access-token
 */
export const findAzureCli: FindIdentity = async (search) => {
  const { audience, world } = search;
  const program = await findProgram("az", world.environment);
  if (program === undefined) return undefined;
  let first: Promise<EntraToken | undefined> | undefined = ask(search, program, audience);
  const isNobody = await first.then(
    (token) => token === undefined,
    () => false,
  );
  if (isNobody) return undefined;
  return {
    method: "cli",
    name: "the user of the Azure CLI",
    async token(wanted) {
      const held = wanted === audience ? first : undefined;
      first = undefined;
      const token = await (held ?? ask(search, program, wanted));
      if (token === undefined) throw cliError("says that nobody is signed in any more. Run az login.");
      return token;
    },
  };
};

/** @returns `undefined` when nobody is signed in. */
async function ask(
  { credentials, world }: IdentitySearch,
  program: string,
  audience: string,
): Promise<EntraToken | undefined> {
  const tenant = credentials.tenantId === undefined ? [] : ["--tenant", credentials.tenantId];
  const args = ["account", "get-access-token", "--resource", audience, ...tenant, "--output", "json"];
  const { stdout, failure } = await runProgram(program, args, world.environment);
  if (failure === undefined) return readAnswer(stdout, world.clock);
  if (/run 'az login'/i.test(failure) && entraErrorOf(failure) === undefined) return undefined;
  throw cliError(`failed: ${failure}. ${adviceForEntra(entraErrorOf(failure))}`);
}

function readAnswer(stdout: string, clock: Clock): EntraToken {
  try {
    const answer = asObject(parseJson(Buffer.from(stdout), "the answer", programOutputLimit), "the answer:");
    const expiresOn = optionalField(answer, "expires_on", Number) ?? Number.NaN;
    const lifetimeMs = Number.isNaN(expiresOn) ? defaultLifetimeMs : expiresOn * 1000 - clock.date();
    return entraToken(stringField(answer, "accessToken"), clock.now() + lifetimeMs, "az");
  } catch (cause) {
    throw cliError("answered with something else than JSON with an accessToken. Bring it up to date.", cause);
  }
}

function cliError(problem: string, cause?: unknown): ProviderError<"ERR_AUTH"> {
  return new ProviderError("ERR_AUTH", `az account get-access-token ${problem}`, { host: "az" }, { cause });
}
