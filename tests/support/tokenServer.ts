import { execFileSync } from "node:child_process";
import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomUUID, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { closeServer, portOf } from "./countingProxy";
import type { TokenSettings } from "./registries";

/** What somebody may do: repository names, or `*` for every one, to actions (`pull`, `push`, `delete`). */
export type Access = Readonly<Record<string, readonly string[]>>;

/** What {@link startTokenServer} can be told. */
export interface TokenServerOptions {
  /** By user name. A refresh token is the user's too. */
  readonly users?: Readonly<Record<string, { password: string; refreshToken?: string; access: Access }>>;
  /** What a request without credentials may do; such a request is refused when this is left out. */
  readonly anonymous?: Access;
  /** How long a token is good for; 300 by default. */
  readonly lifetimeSeconds?: number;
  /** Makes tokens end when they say, to the second: registries take them for a minute longer. */
  readonly endsPunctually?: boolean;
  /** PEM texts; with them the server speaks HTTPS, as a registry that does must have it. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** One request for a token. */
export interface TokenRequest {
  readonly method: string;
  /** In the order in which they were asked for. */
  readonly scopes: readonly string[];
  /** `undefined` without credentials, or with wrong ones. */
  readonly user: string | undefined;
  /** 200 or 401. */
  readonly status: number;
}

/** A token server that registries trust. */
export interface TokenServer {
  /** For the `token` option of `startRegistry`. */
  readonly settings: TokenSettings;
  readonly requests: readonly TokenRequest[];
  /** Forgets the requests. */
  reset(): void;
  stop(): Promise<void>;
}

interface SigningKey {
  readonly key: KeyObject;
  /** As libtrust computes it, which distribution 2.8 does too; distribution 3 takes whatever the key set says. */
  readonly id: string;
}

/** What distribution adds to a token's end. @see https://github.com/distribution/distribution/blob/v3.0.0/registry/auth/token/token.go */
const leewaySeconds = 60;
const issuer = "multiarch-tests";
const service = "registry";

/** A token server where `reader` may pull from one repository, and `writer` may push to it and delete from it, too. */
export function startReaderAndWriter(repository: string): Promise<TokenServer> {
  return startTokenServer({
    users: {
      reader: { password: "reader's", access: { [repository]: ["pull"] } },
      writer: { password: "writer's", access: { [repository]: ["pull", "push", "delete"] } },
    },
  });
}

/** The actions (`pull`, `push`, `delete`) that requests for tokens ask for. */
export function actionsOf(requests: readonly TokenRequest[]): ReadonlySet<string> {
  return new Set(requests.flatMap(({ scopes }) => scopes).flatMap((scope) => (scope.split(":")[2] ?? "").split(",")));
}

/**
 * Starts a server of registry tokens (RS256) on a free loopback port. It answers GET with Basic or no credentials and
 * POST with a password or a refresh token, and grants of each scope the actions that the user may do.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const directory = await mkdtemp(join(tmpdir(), "multiarch-token-server-"));
  const { signingKey, files } = await createTrust(directory);
  const requests: TokenRequest[] = [];
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { scopes, user, access } = await understand(incoming, options);
    const status = access ? 200 : 401;
    requests.push({ method: incoming.method ?? "", scopes, user, status });
    const answer = access ? grant(signingKey, scopes, user, access, options) : { errors: [] };
    outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  };
  const server = options.tls ? createTlsServer(options.tls, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    // A name, not 127.0.0.1: some clients refuse realms that are private addresses.
    settings: {
      realm: `${options.tls ? "https" : "http"}://localhost:${portOf(server)}/token`,
      service,
      issuer,
      ...files,
    },
    requests,
    reset: () => {
      requests.length = 0;
    },
    async stop() {
      await closeServer(server);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function createTrust(directory: string) {
  const keyFile = join(directory, "token.key");
  const rootCertificates = join(directory, "token.crt");
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=token server"];
  execFileSync("openssl", [...request, "-keyout", keyFile, "-out", rootCertificates], { stdio: "ignore" });
  const key = createPrivateKey(readFileSync(keyFile));
  const publicKey = createPublicKey(key);
  const id = libtrustId(publicKey);
  const keys = join(directory, "keys.json");
  const webKey = { ...publicKey.export({ format: "jwk" }), kid: id, alg: "RS256", use: "sig" };
  await writeFile(keys, JSON.stringify({ keys: [webKey] }));
  return { signingKey: { key, id }, files: { rootCertificates, keys } };
}

/** Base32 of the first 30 bytes of the key's SHA-256, in groups of four. */
function libtrustId(publicKey: KeyObject): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const hash = createHash("sha256")
    .update(publicKey.export({ format: "der", type: "spki" }))
    .digest();
  const bits = [...hash.subarray(0, 30)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = (bits.match(/.{5}/g) ?? []).map((five) => alphabet[Number.parseInt(five, 2)]).join("");
  return (letters.match(/.{4}/g) ?? []).join(":");
}

/** What a request asks for and who asks; `access` is `undefined` when nobody does who may. */
async function understand(incoming: IncomingMessage, options: TokenServerOptions) {
  const parameters = await parametersOf(incoming);
  const scopes = parameters.getAll("scope").flatMap((scope) => scope.split(" "));
  const { authorization } = incoming.headers;
  const isAnonymous = incoming.method === "GET" && authorization === undefined;
  if (isAnonymous) return { scopes, user: undefined, access: options.anonymous };
  const [user, account] = Object.entries(options.users ?? {}).find(matches(parameters, authorization)) ?? [];
  return { scopes, user, access: account?.access };
}

async function parametersOf(incoming: IncomingMessage): Promise<URLSearchParams> {
  if (incoming.method === "POST") return new URLSearchParams(await text(incoming));
  return new URL(incoming.url ?? "/", "http://localhost").searchParams;
}

function matches(parameters: URLSearchParams, authorization: string | undefined) {
  return ([name, { password, refreshToken }]: [string, { password: string; refreshToken?: string }]): boolean => {
    const basic = `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
    switch (parameters.get("grant_type")) {
      case "password":
        return parameters.get("username") === name && parameters.get("password") === password;
      case "refresh_token":
        return refreshToken !== undefined && parameters.get("refresh_token") === refreshToken;
      default:
        return authorization === basic;
    }
  };
}

function grant(
  signingKey: SigningKey,
  scopes: readonly string[],
  user: string | undefined,
  access: Access,
  { lifetimeSeconds = 300, endsPunctually = false }: TokenServerOptions,
): object {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    sub: user ?? "",
    aud: service,
    iat: now,
    // Some slack: distribution compares with its own clock.
    nbf: now - 2 * leewaySeconds,
    exp: now + lifetimeSeconds - (endsPunctually ? leewaySeconds : 0),
    jti: randomUUID(),
    access: scopes.map((scope) => grantedActions(scope, access)),
  };
  const token = signToken(signingKey, claims);
  return { token, access_token: token, expires_in: lifetimeSeconds, issued_at: new Date(now * 1000).toISOString() };
}

function grantedActions(scope: string, access: Access): object {
  const [type = "", name = "", wanted = ""] = scope.split(":");
  const allowed = access[name] ?? access["*"] ?? [];
  return { type, name, actions: wanted.split(",").filter((action) => allowed.includes(action)) };
}

function signToken({ key, id }: SigningKey, claims: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const signed = `${encode({ typ: "JWT", alg: "RS256", kid: id })}.${encode(claims)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url")}`;
}
