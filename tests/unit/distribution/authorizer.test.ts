import assert from "node:assert/strict";
import type { Authorizer, Scope } from "../../../provider/distribution/authorization";
import {
  type AuthorizerOptions,
  createAuthorizer,
  type RegistryAuthorizer,
} from "../../../provider/distribution/authorizer";
import {
  anonymous,
  basicCredentials,
  identityTokenCredentials,
  type ResolvedCredentials,
  registryTokenCredentials,
} from "../../../provider/distribution/resolvedCredentials";
import { hasCode, messageOf, ProviderError } from "../../../provider/errors";
import { createTransport } from "../../../provider/http/transport";
import { startServer, type TestServer } from "../http/servers";
import { manualClock } from "./manualClock";

const pull: readonly Scope[] = [{ repository: "team/app", actions: ["pull"] }];
const push: readonly Scope[] = [{ repository: "team/app", actions: ["pull", "push"] }];
const alice = basicCredentials("r.example.com", "alice", "canary-password");
const basicHeader = `Basic ${Buffer.from("alice:canary-password").toString("base64")}`;
const bob = basicCredentials("r.example.com", "bob", "bobs-password");

describe("createAuthorizer", () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const thing of opened.splice(0)) await thing.close();
  });

  /** A token server that numbers its tokens and refuses the users of `refused`. */
  async function tokenServer(refused: readonly string[] = []): Promise<TestServer> {
    let issued = 0;
    const server = await startServer(({ headers }, response) => {
      const [user] = Buffer.from(headers.authorization?.slice(6) ?? "", "base64")
        .toString()
        .split(":");
      if (refused.includes(user ?? "")) return response.writeHead(401).end();
      issued++;
      return response.end(JSON.stringify({ token: `token-${issued}`, expires_in: 300 }));
    });
    opened.push(server);
    return server;
  }

  interface More extends Partial<AuthorizerOptions> {
    readonly resolve?: (path: string) => Promise<ResolvedCredentials>;
    readonly fallback?: () => Promise<ResolvedCredentials>;
    readonly paths?: readonly string[];
  }

  function authorizer(
    credentials: ResolvedCredentials,
    { resolve = async () => credentials, fallback, paths = [], ...more }: More = {},
  ): RegistryAuthorizer {
    const transport = createTransport({ timeoutMs: 5000, environment: {} });
    opened.push(transport);
    return createAuthorizer({
      connection: { address: "localhost:5000" },
      transport,
      clock: manualClock(),
      credentials: { resolve, paths: async () => paths, ...(fallback && { fallback }) },
      registryUrl: new URL("http://localhost:5000"),
      ...more,
    });
  }

  const response = (challenge?: string) => ({
    status: 401,
    headers: challenge === undefined ? {} : { "www-authenticate": challenge },
    url: new URL("http://localhost:5000/v2/team/app/manifests/1"),
  });
  const bearer = (server: TestServer, more = "") =>
    response(`Bearer realm="${server.url("/token")}",service="s"${more}`);

  /** The header for a request that a registry has refused. */
  async function reauthorize(
    auth: Authorizer,
    refusal: ReturnType<typeof response>,
    scopes: readonly Scope[],
    used?: string,
  ) {
    assert.equal(await auth.challenged(refusal, scopes, used), true);
    return auth.authorize(scopes);
  }

  it("sends nothing before the registry asks, and looks nothing up", async () => {
    const resolve = () => Promise.reject(new Error("looked up"));
    assert.equal(await authorizer(alice, { resolve }).authorize(pull), undefined);
  });

  it("finds a 401 without a challenge not worth repeating", async () => {
    assert.equal(await authorizer(alice).challenged(response(), pull, undefined), false);
  });

  describe("when the registry asks for Basic", () => {
    it("sends user and password from then on", async () => {
      const auth = authorizer(alice);
      assert.equal(await reauthorize(auth, response('Basic realm="r"'), pull), basicHeader);
      assert.equal(await auth.authorize(push), basicHeader);
    });

    it("says to an anonymous client what to do", async () => {
      await assert.rejects(
        authorizer(anonymous).challenged(response("Basic realm=r"), pull, undefined),
        (error) => hasCode(error, "ERR_AUTH") && /no credentials.*docker login localhost:5000/.test(error.message),
      );
    });

    it("cannot use an identity token", async () => {
      const auth = authorizer(identityTokenCredentials("some-identity"));
      await assert.rejects(reauthorize(auth, response("Basic realm=r"), pull), (error) => hasCode(error, "ERR_AUTH"));
    });

    it("gives up when the password is refused: host, user, reason and remedy, never the secret", async () => {
      const auth = authorizer(alice);
      const used = await reauthorize(auth, response("Basic realm=r"), push);
      const refusal = response('Basic realm=r,error_description="account locked, not canary-password"');
      await assert.rejects(auth.challenged(refusal, push, used), (error) => {
        assert.ok(hasCode(error, "ERR_AUTH"));
        assert.equal(error.details.host, "localhost:5000");
        assert.match(error.message, /http:\/\/localhost:5000\/v2\/team\/app\/manifests\/1: 401/);
        assert.match(error.message, /refuses user "alice" for repository:team\/app:pull,push/);
        assert.match(error.message, /account locked/);
        assert.match(error.message, /docker login localhost:5000.*`credentials`/);
        assert.doesNotMatch(error.message, /canary/);
        return true;
      });
    });
  });

  describe("when the registry asks for Bearer", () => {
    it("prefers it to Basic", async () => {
      const server = await tokenServer();
      const both = response(`Basic realm="r", Bearer realm="${server.url()}"`);
      assert.equal(await reauthorize(authorizer(alice), both, pull), "Bearer token-1");
    });

    it("needs no further 401 for other scopes", async () => {
      const server = await tokenServer();
      const auth = authorizer(alice);
      await reauthorize(auth, bearer(server), pull);
      assert.equal(await auth.authorize(push), "Bearer token-2");
    });

    it("asks for one token for many requests at the same time", async () => {
      const server = await tokenServer();
      const auth = authorizer(anonymous);
      const headers = await Promise.all(Array.from({ length: 10 }, () => reauthorize(auth, bearer(server), pull)));
      assert.deepEqual([new Set(headers), server.requests.length], [new Set(["Bearer token-1"]), 1]);
    });

    it("renews a token before it expires", async () => {
      const server = await tokenServer();
      const clock = manualClock();
      const auth = authorizer(alice, { clock });
      await reauthorize(auth, bearer(server), pull);
      clock.advance(280);
      assert.equal(await auth.authorize(pull), "Bearer token-2");
    });

    it("replaces an invalid token once", async () => {
      const server = await tokenServer();
      const auth = authorizer(alice);
      const invalid = bearer(server, ',error="invalid_token"');
      const used = await reauthorize(auth, bearer(server), pull);
      const again = await reauthorize(auth, invalid, pull, used);
      await assert.rejects(
        auth.challenged(invalid, pull, again),
        (error) => hasCode(error, "ERR_AUTH") && /the registry says: invalid_token/.test(error.message),
      );
      assert.deepEqual([used, again, server.requests.length], ["Bearer token-1", "Bearer token-2", 2]);
    });

    it("asks once for the scope that the challenge says is missing", async () => {
      const server = await tokenServer();
      const auth = authorizer(alice);
      const used = await reauthorize(auth, bearer(server), pull);
      const tooLittle = bearer(server, ',error="insufficient_scope",scope="repository:team/app:push,pull"');
      await reauthorize(auth, tooLittle, pull, used);
      assert.deepEqual(scopesOf(server), [["repository:team/app:pull"], ["repository:team/app:pull,push"]]);
    });

    it("security row 11: asks for no other repository, whatever the challenge says", async () => {
      const server = await tokenServer();
      const auth = authorizer(alice);
      const greedy = ',error="insufficient_scope",scope="repository:secret/app:pull,push registry:catalog:*"';
      const used = await reauthorize(auth, bearer(server, greedy), pull);
      await reauthorize(auth, bearer(server, greedy), pull, used);
      assert.deepEqual(scopesOf(server), [["repository:team/app:pull"], ["repository:team/app:pull"]]);
    });

    it("keeps the scheme: a password is not sent as Basic when the registry changes its mind", async () => {
      const server = await tokenServer();
      const auth = authorizer(alice);
      const used = await reauthorize(auth, bearer(server), pull);
      assert.equal(await reauthorize(auth, response("Basic realm=r"), pull, used), "Bearer token-2");
    });

    it("follows the registry to another realm", async () => {
      const [first, second] = [await tokenServer(), await tokenServer()];
      const auth = authorizer(alice);
      const used = await reauthorize(auth, bearer(first), pull);
      await reauthorize(auth, bearer(second), pull, used);
      assert.deepEqual([first.requests.length, second.requests.length], [1, 1]);
    });
  });

  describe("with a registry token", () => {
    for (const challenge of ['Bearer realm="https://auth.evil.net/token"', "Basic realm=r", "Bearer"])
      it(`sends it as it is to ${challenge}`, async () => {
        const auth = authorizer(registryTokenCredentials("registry-token"));
        assert.equal(await reauthorize(auth, response(challenge), pull), "Bearer registry-token");
      });

    it("gives up when it is refused", async () => {
      const auth = authorizer(registryTokenCredentials("registry-token"));
      const used = await reauthorize(auth, response("Bearer"), pull);
      await assert.rejects(auth.challenged(response("Bearer"), pull, used), /refuses the registry token/);
    });
  });

  describe("with other credentials to fall back on", () => {
    const fallback = async () => bob;

    it("tries them once when Basic is refused", async () => {
      const auth = authorizer(alice, { fallback });
      const used = await reauthorize(auth, response("Basic realm=r"), pull);
      const second = await reauthorize(auth, response("Basic realm=r"), pull, used);
      assert.equal(second, `Basic ${Buffer.from("bob:bobs-password").toString("base64")}`);
      await assert.rejects(auth.challenged(response("Basic realm=r"), pull, second), /refuses user "bob"/);
    });

    it("tries them when the token server refuses", async () => {
      const server = await tokenServer(["alice"]);
      const auth = authorizer(alice, { fallback });
      assert.equal(await reauthorize(auth, bearer(server), pull), "Bearer token-1");
    });

    it("tries them when a second token is refused", async () => {
      const server = await tokenServer();
      const auth = authorizer(alice, { fallback });
      let used = await reauthorize(auth, bearer(server), pull);
      for (const expected of ["Bearer token-2", "Bearer token-3"]) {
        used = await reauthorize(auth, bearer(server), pull, used);
        assert.equal(used, expected);
      }
      assert.match(server.requests.at(-1)?.path ?? "", /account=bob/);
    });

    it("tells of the first refusal when there is nobody to fall back on", async () => {
      const auth = authorizer(alice, { fallback: async () => anonymous });
      const used = await reauthorize(auth, response("Basic realm=r"), pull);
      await assert.rejects(auth.challenged(response("Basic realm=r"), pull, used), /refuses user "alice"/);
    });
  });

  describe("when the realm is elsewhere", () => {
    const evil = response('Bearer realm="https://auth.evil.net/token"');

    for (const credentials of [alice, identityTokenCredentials("some-identity")])
      it(`security row 1: sends no ${credentials.kind} credentials there, and says how to allow it`, async () => {
        const sent: string[] = [];
        const transport = sentTo(sent);
        await assert.rejects(
          reauthorize(authorizer(credentials, { transport }), evil, pull),
          (error) => hasCode(error, "ERR_AUTH") && /add "auth\.evil\.net" to `authRealms`/.test(error.message),
        );
        assert.deepEqual(sent, []);
      });

    it("security row 1: asks there anonymously, as a host that is not trusted", async () => {
      const sent: string[] = [];
      await assert.rejects(reauthorize(authorizer(anonymous, { transport: sentTo(sent) }), evil, pull), /no network/);
      assert.deepEqual(sent, ["untrusted auth.evil.net undefined"]);
    });

    it("security row 1: sends credentials to a host in authRealms", async () => {
      const sent: string[] = [];
      const connection = { address: "localhost:5000", authRealms: ["auth.evil.net"] };
      const auth = authorizer(alice, { transport: sentTo(sent), connection });
      await assert.rejects(reauthorize(auth, evil, pull), /no network/);
      assert.deepEqual(sent, [`named auth.evil.net ${basicHeader}`]);
    });

    it("security row 1: tells of the first use of another host, once", async () => {
      const told: string[] = [];
      const auth = authorizer(anonymous, { transport: sentTo([]), notify: (message) => told.push(message) });
      await assert.rejects(reauthorize(auth, evil, pull), /no network/);
      await assert.rejects(auth.authorize(push), /no network/);
      assert.deepEqual(told, ["localhost:5000 has its tokens issued by auth.evil.net."]);
    });

    it("security row 1: refuses the cloud's metadata address", async () => {
      const metadata = response('Bearer realm="http://169.254.169.254/token"');
      await assert.rejects(reauthorize(authorizer(anonymous), metadata, pull), (error) =>
        hasCode(error, "ERR_ADDRESS_REFUSED"),
      );
    });
  });

  const unusable: readonly (readonly [title: string, challenge: string])[] = [
    ["offers no scheme that is spoken", "Negotiate, Digest realm=r"],
    ["cannot be read", '"'],
    ["is too long", `Bearer realm="https://a/${"x".repeat(8200)}"`],
  ];
  for (const [title, challenge] of unusable)
    it(`refuses a challenge that ${title}`, async () => {
      await assert.rejects(authorizer(alice).challenged(response(challenge), pull, undefined), (error) =>
        hasCode(error, "ERR_AUTH"),
      );
    });

  it("refuses a Bearer challenge without a realm when it needs one", async () => {
    await assert.rejects(reauthorize(authorizer(alice), response("Bearer"), pull), (error) =>
      hasCode(error, "ERR_AUTH"),
    );
  });

  it("security row 15: repeats no secret that a realm or a challenge holds", async () => {
    const auth = authorizer(alice);
    const refusal = response('Bearer realm="http://u:canary-a@localhost/?sig=canary-b",error="canary-password"');
    await assert.rejects(reauthorize(auth, refusal, pull), (error) => !messageOf(error).includes("canary"));
  });

  describe("for reading what may be public", () => {
    const missing = new ProviderError("ERR_AUTH", "The credential helper is not there.", { host: "localhost:5000" });

    it("passes over a login that the token server refuses, and says once which one", async () => {
      const server = await tokenServer(["alice"]);
      const said: string[] = [];
      const { forReading } = authorizer(alice, { notify: (message) => said.push(message) });
      assert.equal(await reauthorize(forReading, bearer(server), pull), "Bearer token-1");
      assert.equal(await forReading.authorize(pull), "Bearer token-1");
      assert.equal(said.filter((message) => /login for localhost:5000.*refused user "alice"/.test(message)).length, 1);
    });

    it("passes over a login that Basic refuses", async () => {
      const { forReading } = authorizer(alice);
      const used = await reauthorize(forReading, response("Basic realm=r"), pull);
      assert.equal(await reauthorize(forReading, response("Basic realm=r"), pull, used), undefined);
    });

    it("passes over a helper that cannot be asked", async () => {
      const server = await tokenServer();
      const { forReading } = authorizer(alice, { resolve: () => Promise.reject(missing) });
      assert.equal(await reauthorize(forReading, bearer(server), pull), "Bearer token-1");
    });

    it("reports the first error when an anonymous client is refused, too: 401", async () => {
      const { forReading } = authorizer(alice, { resolve: () => Promise.reject(missing) });
      await assert.rejects(forReading.challenged(response("Basic realm=r"), pull, undefined), missing);
    });

    it("reports the first error when an anonymous client is refused, too: 403", async () => {
      const server = await tokenServer();
      const { forReading } = authorizer(alice, { resolve: () => Promise.reject(missing) });
      const used = await reauthorize(forReading, bearer(server), pull);
      await assert.rejects(forReading.denied(pull, used), missing);
    });

    it("keeps to a login that the program has declared", async () => {
      const server = await tokenServer(["alice"]);
      const connection = { address: "localhost:5000", credentials: { username: "alice", password: "canary-password" } };
      const { forReading } = authorizer(alice, { connection });
      await assert.rejects(reauthorize(forReading, bearer(server), pull), /refused user "alice"/);
    });

    it("leaves writing refused", async () => {
      const server = await tokenServer(["alice"]);
      const auth = authorizer(alice);
      await reauthorize(auth.forReading, bearer(server), pull);
      await assert.rejects(auth.authorize(push), /refused user "alice"/);
    });
  });

  describe("with logins of single repositories", () => {
    const resolve = async (path: string) => (path === "" ? alice : bob);
    const ofTeam: readonly Scope[] = [{ repository: "team/b/app", actions: ["pull"] }];
    const bobsHeader = `Basic ${Buffer.from("bob:bobs-password").toString("base64")}`;

    it("sends each repository the login of the longest path that it lies below", async () => {
      const auth = authorizer(alice, { resolve, paths: ["team/b", "team/bc"] });
      assert.equal(await reauthorize(auth, response("Basic realm=r"), pull), basicHeader);
      assert.equal(await auth.authorize(ofTeam), bobsHeader);
    });

    it("looks one login up for all repositories that share it", async () => {
      const asked: string[] = [];
      const counted = async (path: string) => {
        asked.push(path);
        return bob;
      };
      const auth = authorizer(alice, { resolve: counted, paths: ["team/b"] });
      await reauthorize(auth, response("Basic realm=r"), ofTeam);
      await auth.authorize([{ repository: "team/b/other", actions: ["pull"] }]);
      assert.deepEqual(asked, ["team/b"]);
    });

    it("signs in with one of them where no repository is named and the registry has no login of its own", async () => {
      const auth = authorizer(alice, {
        resolve: async (path) => (path === "" ? anonymous : bob),
        paths: ["team/b"],
      });
      assert.equal(await reauthorize(auth, response("Basic realm=r"), []), bobsHeader);
    });
  });
});

function scopesOf(server: TestServer): readonly (readonly string[])[] {
  return server.requests.map(({ path }) => new URL(path, server.url()).searchParams.getAll("scope"));
}

/** A transport that writes down whom it should ask, and asks nobody. */
function sentTo(sent: string[]): AuthorizerOptions["transport"] {
  return {
    send: async ({ host, url, authorization }) => {
      sent.push(`${host} ${url.host} ${authorization}`);
      throw new Error("no network");
    },
    close: async () => {},
  };
}
