import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { closeServer, portOf } from "../support/countingProxy";
import { type Claims, readJwt, signJwt } from "./jwt";

/** An application that Entra knows. */
export interface EntraApplication {
  readonly secret?: string;
  /** Whether the secret's end date is past. */
  readonly isSecretExpired?: boolean;
  /** The subject of the OIDC tokens that it trusts. */
  readonly subject?: string;
}

/** What {@link startEntra} can be told. */
export interface EntraOptions {
  /** By client id. */
  readonly applications?: Readonly<Record<string, EntraApplication>>;
  /** Client ids; the first is the machine's own. */
  readonly managedIdentities?: readonly string[];
  /** How long a token is good for; 3599 as Entra does it by default. */
  readonly lifetimeSeconds?: number;
}

/** One request that was made. */
export interface EntraRequest {
  readonly method: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
}

/** Entra, the metadata service of a machine, and a job's service of OIDC tokens. */
export interface Entra {
  /** `http://localhost:PORT`: AZURE_AUTHORITY_HOST and AZURE_POD_IDENTITY_AUTHORITY_HOST. */
  readonly url: string;
  readonly tenantId: string;
  /** The bearer token that the job's service wants; its address is `url` and `/oidc/token?job=1`. */
  readonly jobToken: string;
  /** What IDENTITY_HEADER must be; IDENTITY_ENDPOINT is `url` and `/msi/token`. */
  readonly identityHeader: string;
  readonly requests: readonly EntraRequest[];
  /** An OIDC token as a job or a cluster gets it. */
  oidcToken(claims: { readonly sub: string; readonly aud?: string; readonly expiresInSeconds?: number }): string;
  /** A token as Entra issues it for a user who is signed in. */
  userToken(audience: string, expiresInSeconds?: number): string;
  /** The claims of a token that was issued here and has not expired. */
  verify(token: string): Claims | undefined;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

/**
 * Starts the stand-in on a free loopback port.
 *
 * The flow and its errors are those of Microsoft's documentation ("OAuth 2.0 client credentials flow", "Microsoft Entra
 * authentication and authorization error codes", "How to use managed identities on an Azure VM to acquire an access token",
 * "Managed identities for App Service": REST endpoint reference).
 */
export async function startEntra(options: EntraOptions = {}): Promise<Entra> {
  const key = randomUUID();
  const tenantId = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
  const jobToken = `job-canary-${randomUUID()}`;
  const identityHeader = `header-canary-${randomUUID()}`;
  const { applications = {}, managedIdentities = [], lifetimeSeconds = 3599 } = options;
  const requests: EntraRequest[] = [];
  const now = () => Math.floor(Date.now() / 1000);

  function issue(audience: string, claims: object, seconds = lifetimeSeconds): string {
    const times = { iat: now(), nbf: now(), exp: now() + seconds };
    return signJwt(
      { aud: audience, iss: `https://sts.windows.net/${tenantId}/`, ...times, tid: tenantId, ver: "1.0", ...claims },
      key,
    );
  }

  function oidcToken({
    sub,
    aud = "api://AzureADTokenExchange",
    expiresInSeconds = 300,
  }: Parameters<Entra["oidcToken"]>[0]) {
    return signJwt(
      { iss: "https://token.actions.githubusercontent.com", sub, aud, exp: now() + expiresInSeconds },
      key,
    );
  }

  function clientCredentials(tenant: string, parameters: Readonly<Record<string, string>>): Answer {
    const { client_id: clientId = "", scope = "" } = parameters;
    const application = applications[clientId];
    if (tenant !== tenantId)
      return entraError(
        400,
        "invalid_request",
        90002,
        `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
      );
    if (application === undefined)
      return entraError(
        400,
        "unauthorized_client",
        700016,
        `Application with identifier '${clientId}' was not found in the directory 'Contoso'.`,
      );
    const refused = refusalOf(application, clientId, parameters);
    if (refused !== undefined) return refused;
    const access_token = issue(scope.replace(/\/\.default$/, ""), { appid: clientId, oid: randomUUID(), idtyp: "app" });
    return {
      status: 200,
      body: { token_type: "Bearer", expires_in: lifetimeSeconds, ext_expires_in: lifetimeSeconds, access_token },
    };
  }

  function refusalOf(
    application: EntraApplication,
    clientId: string,
    parameters: Readonly<Record<string, string>>,
  ): Answer | undefined {
    const { client_secret: secret, client_assertion: assertion } = parameters;
    if (assertion !== undefined) return assertionRefusal(application, readJwt(assertion, key));
    if (secret === undefined || secret !== application.secret)
      return entraError(
        401,
        "invalid_client",
        7000215,
        `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
      );
    return application.isSecretExpired
      ? entraError(401, "invalid_client", 7000222, `The provided client secret keys for app '${clientId}' are expired.`)
      : undefined;
  }

  function assertionRefusal({ subject }: EntraApplication, claims: Claims | undefined): Answer | undefined {
    if (claims === undefined || claims.exp <= now())
      return entraError(401, "invalid_client", 700024, "Client assertion is not within its valid time range.");
    if (claims["aud"] !== "api://AzureADTokenExchange")
      return entraError(
        401,
        "invalid_client",
        700212,
        `No matching federated identity record found for presented assertion audience '${String(claims["aud"])}'.`,
      );
    return claims["sub"] === subject
      ? undefined
      : entraError(
          401,
          "invalid_client",
          700213,
          `No matching federated identity record found for presented assertion subject '${String(claims["sub"])}'.`,
        );
  }

  function managedIdentity(isAllowed: boolean, parameters: Readonly<Record<string, string>>): Answer {
    const { client_id: clientId = managedIdentities[0] ?? "", resource = "" } = parameters;
    if (!isAllowed)
      return {
        status: 400,
        body: { error: "invalid_request", error_description: "Required metadata header not specified" },
      };
    if (!managedIdentities.includes(clientId))
      return { status: 400, body: { error: "invalid_request", error_description: "Identity not found" } };
    const expiresOn = now() + lifetimeSeconds;
    // Numbers are texts here.
    return {
      status: 200,
      body: {
        access_token: issue(resource, { appid: clientId }),
        client_id: clientId,
        expires_in: String(lifetimeSeconds),
        expires_on: String(expiresOn),
        resource,
        token_type: "Bearer",
      },
    };
  }

  function answer({ path, method, parameters, headers }: EntraRequest): Answer {
    const [, tenant = ""] = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(path) ?? [];
    if (method === "POST" && tenant !== "") return clientCredentials(tenant, parameters);
    switch (path) {
      case "/metadata/identity/oauth2/token":
        return managedIdentity(
          headers["metadata"] === "true" && parameters["api-version"] === "2018-02-01",
          parameters,
        );
      case "/msi/token":
        return managedIdentity(
          headers["x-identity-header"] === identityHeader && parameters["api-version"] === "2019-08-01",
          parameters,
        );
      case "/oidc/token":
        if (headers.authorization !== `Bearer ${jobToken}` || parameters["job"] !== "1")
          return { status: 401, body: {} };
        return {
          status: 200,
          body: {
            value: oidcToken({ sub: "repo:contoso/app:ref:refs/heads/main", aud: parameters["audience"] ?? "" }),
          },
        };
      default:
        return { status: 404, body: {} };
    }
  }

  const server = createServer(async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", "http://localhost");
    const parameters = incoming.method === "POST" ? new URLSearchParams(await text(incoming)) : url.searchParams;
    const request = {
      method: incoming.method ?? "",
      path: url.pathname,
      parameters: Object.fromEntries(parameters),
      headers: incoming.headers,
    };
    requests.push(request);
    const { status, body } = answer(request);
    outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${portOf(server)}`,
    tenantId,
    jobToken,
    identityHeader,
    requests,
    oidcToken,
    userToken: (audience, expiresInSeconds) =>
      issue(audience, { upn: "user@contoso.com", idtyp: "user" }, expiresInSeconds),
    verify(token) {
      const claims = readJwt(token, key);
      return claims !== undefined && claims.exp > now() ? claims : undefined;
    },
    stop: () => closeServer(server),
  };
}

function entraError(status: number, error: string, number: number, description: string): Answer {
  const [trace_id, correlation_id] = [randomUUID(), randomUUID()];
  const timestamp = "2026-01-01 00:00:00Z";
  const error_description = `AADSTS${number}: ${description} Trace ID: ${trace_id} Correlation ID: ${correlation_id} Timestamp: ${timestamp}`;
  return { status, body: { error, error_description, error_codes: [number], timestamp, trace_id, correlation_id } };
}
