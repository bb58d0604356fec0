import type { Clock } from "../http/clock";
import type { Transport } from "../http/message";
import type { RegistryConnection } from "./connection";
import { checkRealm } from "./realm";
import { realmNotTrusted } from "./refusal";
import { fetchToken, type TokenBuyer } from "./token";
import type { Token } from "./tokenAnswer";

/**
 * Asks the token server that a challenge names.
 * @param challenge - the Bearer challenge's parameters.
 * @param credentials - whose token it will be.
 * @param scopes - as `scopeTexts` makes them.
 * @throws ERR_AUTH for a realm that must not get these credentials, and whatever `checkRealm` and `fetchToken` throw.
 */
export type TokenSource = (
  challenge: ReadonlyMap<string, string>,
  credentials: TokenBuyer,
  scopes: readonly string[],
) => Promise<Token>;

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

  function announce({ hostname, host }: URL): void {
    if (!knownHosts.has(hostname)) notify?.(`${address} has its tokens issued by ${host}.`);
    knownHosts.add(hostname);
  }

  return async (challenge, credentials, scopes) => {
    const realm = checkRealm(challenge.get("realm") ?? "", connection, registryUrl);
    if (credentials.kind !== "anonymous" && !realm.mayReceiveCredentials) throw realmNotTrusted(address, realm);
    announce(realm.url);
    return fetchToken({ transport, clock }, { address, realm, service: challenge.get("service"), scopes, credentials });
  };
}
