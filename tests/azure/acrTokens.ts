import { randomUUID } from "node:crypto";
import { type Answer, errorAnswer, type Right } from "./acrAnswers";
import type { Entra } from "./entra";
import { type Claims, readJwt, signJwt } from "./jwt";

/** By repository, or `*` for every one: actions (`pull`, `push`, `delete`, `metadata_read`, `metadata_write`). */
export type AcrAccess = Readonly<Record<string, readonly string[]>>;

/** Who may do what, and how tokens are given out. */
export interface AcrTokenOptions {
  /** Issues the Entra tokens that are exchanged. */
  readonly entra?: Entra;
  /** By the application's id, the managed identity's id or the user's name in the Entra token. */
  readonly principals?: Readonly<Record<string, AcrAccess>>;
  /** The admin user, repository-scoped tokens and applications with a secret: by name. */
  readonly users?: Readonly<Record<string, { readonly password: string; readonly access: AcrAccess }>>;
  readonly anonymousPull?: boolean;
  /** `roleAssignmentMode: AbacRepositoryPermissions`. */
  readonly abac?: boolean;
  /** `azureADAuthenticationAsArmPolicy: disabled`. */
  readonly refusesArmAudience?: boolean;
  /** 11,700 and 4,500 by default, as recorded. */
  readonly refreshSeconds?: number;
  readonly accessSeconds?: number;
}

/** What the token endpoints know. */
export interface AcrTokens {
  /** Exchanges from now on that know nothing of the latest role assignments. */
  laggingExchanges: number;
  exchange(form: URLSearchParams): Answer;
  token(form: URLSearchParams, authorization: string | undefined, isGet: boolean): Answer;
  /** A refresh token as `az acr login` puts it into docker's configuration. */
  refreshToken(principal: string): string;
  /** What a request may do; `undefined` for an Authorization that is worth nothing. */
  rightsOf(authorization: string): ((right: Right) => boolean) | undefined;
}

/** The user name that goes with a refresh token as the password. */
export const nullUser = "00000000-0000-0000-0000-000000000000";

const everyAction = ["pull", "push", "delete", "metadata_read", "metadata_write"];

/** Everything on every repository. */
export const fullAccess: AcrAccess = { "*": everyAction };

/**
 * The token endpoints of a registry. Forms, answers and claims are those of Azure/acr, docs/AAD-OAuth.md and docs/Token-BasicAuth.md,
 * and of the recordings in azure-sdk-for-python. How a refusal is worded is assumed.
 * @param service - the registry's login server.
 */
export function createAcrTokens(service: string, options: AcrTokenOptions): AcrTokens {
  const key = randomUUID();
  const { entra, principals = {}, users = {}, abac = false, refreshSeconds = 11_700, accessSeconds = 4_500 } = options;
  const audiences = [
    "https://containerregistry.azure.net",
    ...(options.refusesArmAudience ? [] : ["https://management.azure.com"]),
  ];
  const unauthorized = errorAnswer(
    401,
    "UNAUTHORIZED",
    "authentication required, visit https://aka.ms/acr/authorization for more information.",
  );

  function sign(claims: object, seconds: number): string {
    const now = Math.floor(Date.now() / 1000);
    const times = { nbf: now, exp: now + seconds, iat: now };
    return signJwt(
      { jti: randomUUID(), ...times, iss: "Azure Container Registry", aud: service, version: "1.0", ...claims },
      key,
    );
  }

  function read(token: string, grantType: string): Claims | undefined {
    const claims = readJwt(token, key);
    return claims !== undefined && claims.exp > Date.now() / 1000 && claims["grant_type"] === grantType
      ? claims
      : undefined;
  }

  function refreshToken(principal: string, knowsRoles = true): string {
    const identity = abac
      ? { aad_identity: `{"sub":"${principal}"}` }
      : { permissions: { Actions: ["read", "write", "delete"], NotActions: null } };
    return sign({ grant_type: "refresh_token", appid: principal, knowsRoles, ...identity }, refreshSeconds);
  }

  /** @param scopes - with several parts in one, or one each. */
  function grant(scopes: readonly string[], access: AcrAccess): Answer {
    const granted = scopes
      .flatMap((scope) => scope.split(" "))
      .filter((scope) => !(abac && scope.includes("*")))
      .map((scope) => {
        const [Type = "", Name = "", actions = ""] = scope.split(":");
        const allowed = access[Name] ?? access["*"] ?? [];
        return { Type, Name, Actions: actions.split(",").filter((action) => allowed.includes(action)) };
      });
    return {
      status: 200,
      body: { access_token: sign({ grant_type: "access_token", access: granted }, accessSeconds) },
    };
  }

  function accessOfUser(name: string, password: string): AcrAccess | undefined {
    if (name === nullUser) return accessOfRefreshToken(password);
    const user = users[name];
    return user?.password === password ? user.access : undefined;
  }

  function accessOfRefreshToken(token: string): AcrAccess | undefined {
    const claims = read(token, "refresh_token");
    if (claims === undefined) return undefined;
    return claims["knowsRoles"] === true ? (principals[String(claims["appid"])] ?? {}) : {};
  }

  function accessOf(form: URLSearchParams, authorization: string | undefined, isGet: boolean): AcrAccess | undefined {
    const anonymous = options.anonymousPull ? { "*": ["pull"] } : undefined;
    if (isGet) return authorization === undefined ? anonymous : accessOfBasic(authorization);
    if (form.get("grant_type") === "refresh_token") return accessOfRefreshToken(form.get("refresh_token") ?? "");
    const username = form.get("username");
    return username === null ? anonymous : accessOfUser(username, form.get("password") ?? "");
  }

  function accessOfBasic(authorization: string): AcrAccess | undefined {
    const [, name = "", password = ""] =
      /^([^:]*):(.*)$/.exec(Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString()) ?? [];
    return accessOfUser(name, password);
  }

  const tokens: AcrTokens = {
    laggingExchanges: 0,
    refreshToken: (principal) => refreshToken(principal),
    exchange(form) {
      const claims = entra?.verify(form.get("access_token") ?? "");
      if (form.get("grant_type") !== "access_token" || form.get("service") !== service)
        return errorAnswer(400, "BAD_REQUEST", "the request is not as expected");
      if (claims === undefined || !audiences.includes(String(claims["aud"]))) return unauthorized;
      const principal = String(claims["appid"] ?? claims["upn"]);
      if (!abac && principals[principal] === undefined) return unauthorized;
      const knowsRoles = tokens.laggingExchanges === 0;
      if (!knowsRoles) tokens.laggingExchanges -= 1;
      return { status: 200, body: { refresh_token: refreshToken(principal, knowsRoles) } };
    },
    token(form, authorization, isGet) {
      if (form.get("service") !== service) return errorAnswer(400, "BAD_REQUEST", "the service is not this registry");
      const access = accessOf(form, authorization, isGet);
      return access === undefined ? unauthorized : grant(form.getAll("scope"), access);
    },
    rightsOf(authorization) {
      if (authorization.startsWith("Basic ")) {
        const access = accessOfBasic(authorization);
        return access && (({ repository, action }) => (access[repository] ?? access["*"] ?? []).includes(action));
      }
      const claims = read(authorization.replace(/^Bearer /, ""), "access_token");
      if (claims === undefined) return undefined;
      const entries = JSON.parse(JSON.stringify(claims["access"])) as { Name: string; Actions: string[] }[];
      return ({ repository, action }) =>
        entries.some(({ Name, Actions }) => Name === repository && Actions.includes(action));
    },
  };
  return tokens;
}
