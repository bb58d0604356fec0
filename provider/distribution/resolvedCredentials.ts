import type { RegistryIdentity } from "../azure/registryIdentity";
import { ProviderError, rememberSecret } from "../errors";

/** Credentials with every variable, file and helper looked up: in memory only, never in state. */
export type ResolvedCredentials =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  /** An OAuth 2 refresh token, which buys registry tokens at the registry's token server. */
  | { readonly kind: "identityToken"; readonly username?: string; readonly token: string }
  /** Sent to the registry as the bearer token, as it is. */
  | { readonly kind: "registryToken"; readonly token: string }
  /** Gets Entra tokens, which an Azure registry exchanges for a refresh token. */
  | { readonly kind: "entra"; readonly identity: RegistryIdentity }
  | {
      readonly kind: "anonymous";
      /** Keys and helpers that were found but have no login for the repository, for messages. */
      readonly seen?: readonly string[];
    };

/** Nobody. */
export const anonymous: Extract<ResolvedCredentials, { readonly kind: "anonymous" }> = { kind: "anonymous" };

/**
 * A user and a password, which from now on is redacted, alone and as a Basic header carries it.
 * @param host - the registry, for the message.
 * @param username - without a colon: the Basic scheme cannot carry one.
 * @param password - the secret.
 * @throws ERR_AUTH for a colon in the user name.
 * @see https://www.rfc-editor.org/rfc/rfc7617#section-2
 */
export function basicCredentials(host: string, username: string, password: string): ResolvedCredentials {
  rememberSecret(password);
  rememberSecret(basicText(username, password));
  if (!username.includes(":")) return { kind: "basic", username, password };
  throw new ProviderError(
    "ERR_AUTH",
    `The user name for ${host} has a colon, which HTTP's Basic scheme cannot carry. Correct the user name.`,
    { host },
  );
}

/** A refresh token, which from now on is redacted. `username` is for messages only. */
export function identityTokenCredentials(
  token: string,
  username?: string,
): Extract<ResolvedCredentials, { readonly kind: "identityToken" }> {
  rememberSecret(token);
  return username ? { kind: "identityToken", username, token } : { kind: "identityToken", token };
}

/** A bearer token, which from now on is redacted. */
export function registryTokenCredentials(token: string): ResolvedCredentials {
  rememberSecret(token);
  return { kind: "registryToken", token };
}

/** The value of a Basic Authorization header. */
export function basicAuthorization(credentials: { readonly username: string; readonly password: string }): string {
  return `Basic ${basicText(credentials.username, credentials.password)}`;
}

/** Whose credentials these are, for messages; never the secret. */
export function describeCredentials(credentials: ResolvedCredentials): string {
  switch (credentials.kind) {
    case "basic":
      return `user ${JSON.stringify(credentials.username)}`;
    case "identityToken":
      return `the identity token${credentials.username ? ` of user ${JSON.stringify(credentials.username)}` : ""}`;
    case "registryToken":
      return "the registry token";
    case "entra":
      return credentials.identity.name;
    case "anonymous":
      return "an anonymous client";
  }
}

function basicText(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`, "utf8").toString("base64");
}
