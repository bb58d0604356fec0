import type { RegistryIdentity } from "../azure/registryIdentity";
import type { Clock } from "../http/clock";
import type { Transport } from "../http/message";
import { azureRightsAdvice } from "./azureAdvice";
import { type AzureExchange, createAzureExchange } from "./azureExchange";
import type { RegistryConnection } from "./connection";
import { checkRealm } from "./realm";
import { realmNotTrusted } from "./refusal";
import type { ResolvedCredentials } from "./resolvedCredentials";
import { fetchToken } from "./token";
import type { Token } from "./tokenAnswer";

/** The credentials that tokens are asked for with. */
export type TokenOwner = Exclude<ResolvedCredentials, { readonly kind: "registryToken" }>;

/** Where one registry's tokens come from. */
export interface TokenSource {
  /**
   * Asks the token server that a challenge names; for an Entra identity after an exchange for a refresh token.
   * @param challenge - the Bearer challenge's parameters.
   * @param owner - whose token it will be.
   * @param scopes - as `scopeTexts` makes them.
   * @throws ERR_AUTH for a realm that must not get these credentials, and whatever `checkRealm`, `fetchToken` and an exchange throw.
   */
  fetch(challenge: ReadonlyMap<string, string>, owner: TokenOwner, scopes: readonly string[]): Promise<Token>;
  /** The exchange of an Entra identity. */
  exchangeOf(identity: RegistryIdentity): AzureExchange;
}

/**
 * The token source of one registry.
 * @param registry - `registryUrl`: the origin of its API. `notify`: told once of each other host that is asked for tokens.
 */
export function createTokenSource(registry: {
  readonly connection: RegistryConnection;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly registryUrl: URL;
  readonly notify?: (message: string) => void;
}): TokenSource {
  const { connection, transport, clock, registryUrl, notify } = registry;
  const { address } = connection;
  const knownHosts = new Set([registryUrl.hostname]);
  const exchanges = new Map<RegistryIdentity, AzureExchange>();

  function announce({ hostname, host }: URL): void {
    if (!knownHosts.has(hostname)) notify?.(`${address} has its tokens issued by ${host}.`);
    knownHosts.add(hostname);
  }

  function exchangeOf(identity: RegistryIdentity): AzureExchange {
    const exchange = exchanges.get(identity) ?? createAzureExchange({ transport, clock }, address, identity);
    exchanges.set(identity, exchange);
    return exchange;
  }

  return {
    exchangeOf,
    async fetch(challenge, owner, scopes) {
      const realm = checkRealm(challenge.get("realm") ?? "", connection, registryUrl);
      if (owner.kind !== "anonymous" && !realm.mayReceiveCredentials) throw realmNotTrusted(address, realm);
      announce(realm.url);
      const service = challenge.get("service");
      const request = { address, realm, service, scopes };
      if (owner.kind !== "entra") return fetchToken({ transport, clock }, { ...request, credentials: owner });
      const exchange = exchangeOf(owner.identity);
      const credentials = await exchange.get(realm, service ?? registryUrl.host);
      const remedy = azureRightsAdvice(owner.identity.name, exchange.isAbac);
      return fetchToken({ transport, clock }, { ...request, credentials, remedy });
    },
  };
}
