import type { RegistryIdentity } from "../azure/registryIdentity";
import { ProviderError } from "../errors";
import { readBody } from "../http/body";
import type { Clock } from "../http/clock";
import type { HttpRequest, Transport } from "../http/message";
import { asObject, parseJson, stringField } from "../oci/json";
import { azureRoles } from "./azureAdvice";
import { type HeldToken, isStale } from "./heldToken";
import type { Realm } from "./realm";
import { registryError } from "./registryError";
import { identityTokenCredentials, type ResolvedCredentials } from "./resolvedCredentials";
import { jwtClaims, jwtLifetime, tokenAnswerLimit } from "./tokenAnswer";

/** A registry's refresh token. */
export type RefreshToken = Extract<ResolvedCredentials, { readonly kind: "identityToken" }>;

/** The refresh token that an Entra identity has at one registry. */
export interface AzureExchange {
  /**
   * The token at hand until shortly before it expires, else a new one. Calls at the same time share one exchange.
   * @param realm - of the registry's challenge; its host makes the exchange.
   * @param service - of the registry's challenge.
   * @throws ERR_AUTH when the registry does not take the identity's token, and what getting that throws; ERR_REGISTRY for another
   * answer, ready for `retrying`.
   */
  get(realm: Realm, service: string): Promise<RefreshToken>;
  /** Forgets the token: the next one knows of role assignments made since. */
  renew(): void;
  /** Whether the registry gives rights for single repositories (ABAC), as its last token said. */
  readonly isAbac: boolean;
}

/**
 * The exchange of one identity at one registry. No request is made yet.
 * @param address - the registry's, for messages.
 * @see https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
 */
export function createAzureExchange(
  environment: { readonly transport: Transport; readonly clock: Clock },
  address: string,
  identity: RegistryIdentity,
): AzureExchange {
  const { transport, clock } = environment;
  let held: HeldToken | undefined;
  let flight: Promise<RefreshToken> | undefined;
  let isAbac = false;

  async function exchange(realm: Realm, service: string): Promise<RefreshToken> {
    const { value: token, audience } = await identity.token();
    const form = new URLSearchParams({ grant_type: "access_token", service, access_token: token });
    const request = exchangeRequest(realm, form);
    const response = await transport.send(request);
    if (response.status !== 200) {
      const refusal = await registryError({ ...request, scopes: [] }, response, clock.date());
      throw [400, 401, 403, 404].includes(response.status) ? refused(address, identity, audience, refusal) : refusal;
    }
    const answer = parseJson(await readBody(response, tokenAnswerLimit, "token"), "the answer", tokenAnswerLimit);
    const value = stringField(asObject(answer, `POST ${request.url.href}:`), "refresh_token");
    const refreshToken = identityTokenCredentials(value);
    isAbac = jwtClaims(value)?.["aad_identity"] !== undefined;
    held = { value, lifetimeMs: jwtLifetime(value, clock.date()), obtainedAt: clock.now() };
    return refreshToken;
  }

  return {
    get isAbac() {
      return isAbac;
    },
    async get(realm, service) {
      if (held !== undefined && !isStale(held, clock.now())) return identityTokenCredentials(held.value);
      flight ??= exchange(realm, service).finally(() => {
        flight = undefined;
      });
      return flight;
    },
    renew() {
      held = undefined;
    },
  };
}

function exchangeRequest({ url, host }: Realm, form: URLSearchParams): HttpRequest {
  return {
    method: "POST",
    url: new URL("/oauth2/exchange", url),
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
    body: Buffer.from(form.toString()),
    redirects: "refuse",
    host,
  };
}

function refused(
  address: string,
  identity: RegistryIdentity,
  audience: "registry" | "resourceManager",
  refusal: ProviderError<"ERR_REGISTRY">,
): ProviderError<"ERR_AUTH"> {
  const policy =
    audience === "resourceManager"
      ? " Its token is one for Azure Resource Manager, which the registry's policy azureADAuthenticationAsArmPolicy may refuse: enable that policy."
      : "";
  return new ProviderError(
    "ERR_AUTH",
    `${refusal.message} ${address} does not take the Entra token of ${identity.name}.${policy} Check that it belongs to the registry's ` +
      `tenant and has a role there: ${azureRoles(false)}. If ${address} is no Azure Container Registry, set other \`credentials\`.`,
    { host: address },
    { cause: refusal },
  );
}
