import { hasCode, messageOf } from "../errors";
import type { Clock } from "../http/clock";
import type { HttpResponse, Transport } from "../http/message";
import type { Authorizer, Scope } from "./authorization";
import { azureRightsAdvice } from "./azureAdvice";
import { type Challenge, chooseChallenge, parseChallenges } from "./challenge";
import type { RegistryConnection } from "./connection";
import { type CredentialLookup, createIdentities, type Identity, readingIdentity } from "./identity";
import { challengeTooLong, credentialsRefused, identityTokenUnusable, schemeUnknown } from "./refusal";
import { basicAuthorization, type ResolvedCredentials } from "./resolvedCredentials";
import { scopeTexts } from "./scope";
import { createTokenCache, type TokenCache } from "./tokenCache";
import { createTokenSource, type TokenOwner } from "./tokenSource";

/** What an authorizer works with. */
export interface AuthorizerOptions {
  readonly connection: RegistryConnection;
  /** Reaches the token server. */
  readonly transport: Transport;
  readonly clock: Clock;
  /** Called after the registry has asked; once for each login, unless it fails. */
  readonly credentials: CredentialLookup;
  /** Whether the fallback may be anonymous, when the credentials get no token. */
  readonly triesAnonymous?: boolean;
  /** The origin of the registry's API. */
  readonly registryUrl: URL;
  /** Told once of each other host that issues the registry's tokens. */
  readonly notify?: (message: string) => void;
}

/** The authorizer of one registry. */
export interface RegistryAuthorizer extends Authorizer {
  /**
   * The same for reading public content: a login that the program does not declare, but that the environment has, is passed over once it
   * is refused or cannot be looked up. Should an anonymous client be refused, too, the first error counts.
   */
  readonly forReading: Authorizer;
}

// Characters of realm and scope together.
const challengeLimit = 8 * 1024;

/**
 * The authorizer of one registry. It sends nothing before the registry asks, and remembers how it asked: of several schemes
 * Bearer, else Basic; the scheme stays from then on. A registry token is sent as it is, whatever the scheme.
 *
 * Each repository has the credentials of its own login. A refused token is replaced once, also for what the challenge says is
 * missing; refused credentials are replaced once by the fallback's; then it is an ERR_AUTH. Token requests are made once each: whoever calls retries the operation as a whole.
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/token.md
 */
export function createAuthorizer(options: AuthorizerOptions): RegistryAuthorizer {
  const { connection } = options;
  const { address } = connection;
  const identities = createIdentities(options.credentials);
  const source = createTokenSource(options);
  const caches = new Map<ResolvedCredentials, TokenCache>();
  let asked: Challenge | undefined;

  function tokensOf(credentials: TokenOwner): TokenCache {
    const tokens =
      caches.get(credentials) ??
      createTokenCache(options.clock, (scopes) => source.fetch(asked?.parameters ?? new Map(), credentials, scopes));
    caches.set(credentials, tokens);
    return tokens;
  }

  async function headerFor(scheme: string, credentials: ResolvedCredentials, scopes: readonly Scope[]) {
    if (credentials.kind === "registryToken") return bearer(credentials.token);
    if (scheme === "bearer") return bearer(await tokensOf(credentials).get(scopes));
    if (credentials.kind === "identityToken" || credentials.kind === "entra") throw identityTokenUnusable(address);
    return credentials.kind === "basic" ? basicAuthorization(credentials) : undefined;
  }

  function authorizerOf(identityFor: (scopes: readonly Scope[]) => Promise<Identity>): Authorizer {
    async function rightsAdvice(scopes: readonly Scope[]): Promise<string | undefined> {
      const credentials = await (await identityFor(scopes)).current();
      if (credentials.kind !== "entra") return undefined;
      return azureRightsAdvice(credentials.identity.name, source.exchangeOf(credentials.identity).isAbac);
    }

    return {
      async authorize(scopes) {
        if (asked === undefined) return undefined;
        const { scheme } = asked;
        const identity = await identityFor(scopes);
        const credentials = await identity.current();
        try {
          return await headerFor(scheme, credentials, scopes);
        } catch (error) {
          const mayBeNobody = options.triesAnonymous ?? false;
          const isReplaced = hasCode(error, "ERR_AUTH") && (await identity.refuse(credentials, error, mayBeNobody));
          if (!isReplaced) throw identity.refusal() ?? error;
          return headerFor(scheme, await identity.current(), scopes).catch((later: unknown) => {
            throw identity.refusal() ?? later;
          });
        }
      },

      async challenged(response, scopes, used) {
        const challenge = readChallenge(response, address, asked?.scheme);
        asked = challenge?.parameters.has("realm") ? challenge : (asked ?? challenge);
        if (asked === undefined) return false;
        const identity = await identityFor(scopes);
        const credentials = await identity.current();
        const advice = await rightsAdvice(scopes);
        const refused = credentialsRefused(address, credentials, { response, scopes, challenge }, advice);
        const isWorthRepeating =
          used === undefined
            ? asked.scheme === "bearer" || credentials.kind !== "anonymous"
            : hasOther(credentials, asked.scheme, { used, scopes, challenge }) ||
              (await identity.refuse(credentials, refused));
        if (isWorthRepeating) return true;
        throw identity.refusal() ?? refused;
      },

      async denied(scopes, used) {
        const identity = await identityFor(scopes);
        const credentials = await identity.current();
        const refusal = identity.refusal();
        if (credentials.kind === "anonymous" && refusal !== undefined) throw refusal;
        if (used === undefined || credentials.kind !== "entra") return false;
        return hasOther(credentials, "bearer", { used, scopes, challenge: undefined });
      },

      rightsAdvice,
    };
  }

  /** Whether the same credentials give something else to send than what was refused. */
  function hasOther(credentials: ResolvedCredentials, scheme: string, refused: RefusedRequest): boolean {
    const { used, scopes, challenge } = refused;
    if (credentials.kind === "registryToken") return used !== bearer(credentials.token);
    if (scheme === "bearer") {
      const challenged = challenge?.parameters.get("scope");
      const isReplaced = tokensOf(credentials).replace(scopes, used.slice(bearer("").length), challenged);
      // A registry that asks for no more than the token was bought for may not have known of a role: ask it afresh.
      const isAskedForMore = scopeTexts(scopes, challenged).join() !== scopeTexts(scopes).join();
      if (isReplaced && credentials.kind === "entra" && !isAskedForMore)
        source.exchangeOf(credentials.identity).renew();
      return isReplaced;
    }
    return credentials.kind === "basic" && used !== basicAuthorization(credentials);
  }

  const identityFor = (scopes: readonly Scope[]) => identities(scopes[0]?.repository);
  const readers = new Map<Identity, Identity>();
  async function readerFor(scopes: readonly Scope[]): Promise<Identity> {
    const identity = await identityFor(scopes);
    const reader = readers.get(identity) ?? readingIdentity(identity, announceAnonymity);
    readers.set(identity, reader);
    return reader;
  }
  function announceAnonymity(because: unknown): void {
    options.notify?.(
      `The login for ${address} does not serve, so that only what is public is read. ${messageOf(because)}`,
    );
  }
  const own = authorizerOf(identityFor);
  return { ...own, forReading: connection.credentials === undefined ? authorizerOf(readerFor) : own };
}

interface RefusedRequest {
  /** Its Authorization header. */
  readonly used: string;
  readonly scopes: readonly Scope[];
  readonly challenge: Challenge | undefined;
}

function bearer(token: string): string {
  return `Bearer ${token}`;
}

/** @param known - the scheme that the registry asked for before; no other one counts any more. */
function readChallenge(
  { headers }: Pick<HttpResponse, "headers">,
  address: string,
  known: string | undefined,
): Challenge | undefined {
  const header = headers["www-authenticate"];
  if (header === undefined) return undefined;
  const offered = parseChallenges(header);
  const chosen = chooseChallenge(offered.filter(({ scheme }) => known === undefined || scheme === known));
  if (chosen === undefined && known === undefined) throw schemeUnknown(address, offered);
  const { parameters } = chosen ?? { parameters: new Map<string, string>() };
  const length = (parameters.get("realm") ?? "").length + (parameters.get("scope") ?? "").length;
  if (length > challengeLimit) throw challengeTooLong(address, challengeLimit);
  return chosen;
}
