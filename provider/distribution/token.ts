import { hasCode, messageOf, ProviderError } from "../errors";
import { readBody } from "../http/body";
import type { Clock } from "../http/clock";
import type { HttpRequest, HttpResponse, Transport } from "../http/message";
import { redactUrl } from "../http/url";
import type { Realm } from "./realm";
import { registryError } from "./registryError";
import { basicAuthorization, describeCredentials, type ResolvedCredentials } from "./resolvedCredentials";
import { parseTokenAnswer, type Token, tokenAnswerLimit } from "./tokenAnswer";

/** What a token is asked for. */
export interface TokenRequest {
  /** The registry's address, for messages. */
  readonly address: string;
  readonly realm: Realm;
  /** The challenge's `service` parameter. */
  readonly service: string | undefined;
  /** As `scopeTexts` makes them; none for a token that only proves who we are. */
  readonly scopes: readonly string[];
  /** Only given when the realm may receive them. */
  readonly credentials: TokenBuyer;
  /** What to do when they are refused; default: to sign in with other ones. */
  readonly remedy?: string;
}

/** The credentials that a token server takes. */
export type TokenBuyer = Exclude<ResolvedCredentials, { readonly kind: "registryToken" | "entra" }>;

const clientId = "pulumi-multiarch";

/**
 * Asks a token server once for a token. As docker does, a user and password go out in a GET with Basic, nobody in a GET
 * without, and an identity token in an OAuth 2 POST (`grant_type=refresh_token`). `grant_type=password` is never used: docker
 * keeps it for logging in, and not every token server has it. A redirect of the GET is followed within the realm's origin.
 * @throws ERR_AUTH when the server refuses (401, 403) or its answer is not one; ERR_REGISTRY for another status, ready for
 * `retrying`; ERR_CONTENT_TOO_LARGE for an answer over 64 KiB; ERR_ADDRESS_REFUSED when the realm's host turns out to be private;
 * ERR_TRANSPORT, ERR_TLS, ERR_TIMEOUT.
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/token.md
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/oauth.md
 */
export async function fetchToken(
  environment: { readonly transport: Transport; readonly clock: Clock },
  request: TokenRequest,
): Promise<Token> {
  const { transport, clock } = environment;
  const call = httpRequest(request);
  const response = await transport.send(call).catch((error: unknown) => {
    const isPrivate = hasCode(error, "ERR_ADDRESS_REFUSED") && request.realm.host !== "named";
    throw isPrivate ? privateRealm(request, error) : error;
  });
  const { status } = response;
  if (status !== 200) {
    const refusal = await registryError({ ...call, scopes: [] }, response, clock.date());
    throw status === 401 || status === 403 ? refused(request, refusal) : refusal;
  }
  return readToken(request, response, clock.date());
}

function httpRequest(request: TokenRequest): HttpRequest {
  const { realm, service, scopes, credentials } = request;
  const parameters = new URLSearchParams({ client_id: clientId });
  if (service !== undefined) parameters.set("service", service);
  if (credentials.kind === "identityToken") return refreshRequest(realm, parameters, scopes, credentials.token);
  const url = new URL(realm.url);
  if (credentials.kind === "basic") parameters.set("account", credentials.username);
  for (const [name, value] of parameters) url.searchParams.set(name, value);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  return {
    method: "GET",
    url,
    headers: { accept: "application/json" },
    ...(credentials.kind === "basic" && { authorization: basicAuthorization(credentials) }),
    redirects: "sameOrigin",
    host: realm.host,
  };
}

function refreshRequest(realm: Realm, form: URLSearchParams, scopes: readonly string[], token: string): HttpRequest {
  form.set("grant_type", "refresh_token");
  form.set("refresh_token", token);
  if (scopes.length > 0) form.set("scope", scopes.join(" "));
  return {
    method: "POST",
    url: realm.url,
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
    body: Buffer.from(form.toString()),
    redirects: "refuse",
    host: realm.host,
  };
}

async function readToken(request: TokenRequest, response: HttpResponse, dateMs: number): Promise<Token> {
  const body = await readBody(response, tokenAnswerLimit, "token");
  const unusable = (problem: string, cause?: unknown) =>
    new ProviderError(
      "ERR_AUTH",
      `${redactUrl(response.url)}: the token server of ${request.address} answered without a usable token: ${problem}. Ask its operator.`,
      { host: request.address },
      { cause },
    );
  try {
    const token = parseTokenAnswer(body, dateMs);
    if (token !== undefined) return token;
  } catch (error) {
    throw unusable(messageOf(error).replace(/\.$/, ""), error);
  }
  throw unusable("neither token nor access_token is a text that fits a header");
}

function refused(request: TokenRequest, refusal: ProviderError<"ERR_REGISTRY">): ProviderError<"ERR_AUTH"> {
  const { address, credentials, remedy = `Run "docker login ${address}", or set \`credentials\`.` } = request;
  return new ProviderError(
    "ERR_AUTH",
    `${refusal.message} The token server of ${address} refused ${describeCredentials(credentials)}. ${remedy}`,
    { host: address },
    { cause: refusal },
  );
}

/** The transport saw what the name cannot tell. The one remedy is the user's word for it. */
function privateRealm({ realm, address }: TokenRequest, error: ProviderError<"ERR_ADDRESS_REFUSED">) {
  return new ProviderError(
    "ERR_ADDRESS_REFUSED",
    `${error.message} ${address} sends clients there for tokens: if it should, add ${JSON.stringify(realm.url.host)} to \`authRealms\`.`,
    error.details,
    { cause: error },
  );
}
