import { ProviderError, redact } from "../errors";
import type { HttpResponse } from "../http/message";
import { redactUrl } from "../http/url";
import type { Scope } from "./authorization";
import type { Challenge } from "./challenge";
import type { Realm } from "./realm";
import { describeCredentials, type ResolvedCredentials } from "./resolvedCredentials";
import { scopeTexts } from "./scope";

const textLimit = 300;

/**
 * The error for credentials that a registry does not accept, or for lacking ones.
 * @param refused - the 401, what the request needed, and the challenge, which may say why.
 * @param advice - what to do; default: to look at the credentials.
 */
export function credentialsRefused(
  address: string,
  credentials: ResolvedCredentials,
  refused: {
    readonly response: Pick<HttpResponse, "status" | "url">;
    readonly scopes: readonly Scope[];
    readonly challenge: Challenge | undefined;
  },
  advice = remedy(address, credentials),
): ProviderError<"ERR_AUTH"> {
  const { response, scopes, challenge } = refused;
  const needs = scopes.length === 0 ? "" : ` for ${scopeTexts(scopes).join(" ")}`;
  const said = ["error", "error_description"].map((name) => challenge?.parameters.get(name) ?? "").filter(Boolean);
  const reason = said.length === 0 ? "" : ` (the registry says: ${redact(said.join(", ")).slice(0, textLimit)})`;
  return authError(
    address,
    `${redactUrl(response.url)}: ${response.status}: ${address} refuses ${describeCredentials(credentials)}${needs}${reason}. ` +
      advice,
  );
}

/** The error for an identity token where the registry wants a user and a password. */
export function identityTokenUnusable(address: string): ProviderError<"ERR_AUTH"> {
  return authError(
    address,
    `${address} asks for a user and a password (Basic), but there is only an identity token. ` +
      `Set \`credentials\` for ${address}, or run "docker login ${address}" with a password.`,
  );
}

/** The error for a registry that asks for nothing this client can give. */
export function schemeUnknown(address: string, offered: readonly Challenge[]): ProviderError<"ERR_AUTH"> {
  const schemes = redact(offered.map(({ scheme }) => scheme).join(", ")).slice(0, textLimit);
  return authError(
    address,
    `${address} asks for authentication by ${schemes || "no readable scheme"}; only Basic and Bearer are spoken. Ask its operator.`,
  );
}

/** The error for a challenge that nobody sends in earnest. */
export function challengeTooLong(address: string, limit: number): ProviderError<"ERR_AUTH"> {
  return authError(
    address,
    `The realm and scope of ${address}'s challenge are longer than ${limit} characters together. Ask its operator.`,
  );
}

/** The error for a realm that would get credentials but is not known to belong to the registry. */
export function realmNotTrusted(address: string, realm: Realm): ProviderError<"ERR_AUTH"> {
  const { host } = realm.url;
  return authError(
    address,
    `${address} sends clients to ${redactUrl(realm.url)} for tokens, a host that is not known to belong to it: the credentials were not ` +
      `sent there. If it may have them, add ${JSON.stringify(host)} to \`authRealms\`.`,
  );
}

function remedy(address: string, credentials: ResolvedCredentials): string {
  const login = `run "docker login ${address}", or set \`credentials\``;
  if (credentials.kind !== "anonymous") return `Check the credentials and what they may do: ${login}.`;
  const seen = credentials.seen === undefined ? "" : ` (${credentials.seen.join("; ")})`;
  return `There are no credentials for ${address}${seen}: ${login}.`;
}

function authError(host: string, message: string): ProviderError<"ERR_AUTH"> {
  return new ProviderError("ERR_AUTH", message, { host });
}
