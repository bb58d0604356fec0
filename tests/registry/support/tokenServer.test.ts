import assert from "node:assert/strict";
import { type LocalRegistry, startRegistry } from "../../support/registries";
import { startTokenServer, type TokenServer } from "../../support/tokenServer";

const scope = "repository:team/server:pull,push";

describe("startTokenServer", () => {
  let server: TokenServer;
  before(async () => {
    server = await startTokenServer({
      users: {
        ada: { password: "enchantress", refreshToken: "of-numbers", access: { "team/server": ["pull", "push"] } },
        reader: { password: "only", access: { "*": ["pull"] } },
      },
    });
  });
  after(() => server.stop());
  beforeEach(() => server.reset());

  const get = async (user?: string, password?: string) => {
    const basic = Buffer.from(`${user}:${password}`).toString("base64");
    const response = await fetch(`${server.settings.realm}?service=registry&scope=${scope}`, {
      headers: user ? { authorization: `Basic ${basic}` } : {},
    });
    const answer: { token?: string } = JSON.parse(await response.text());
    return { status: response.status, token: answer.token ?? "" };
  };
  const post = async (body: Record<string, string>) => {
    const response = await fetch(server.settings.realm, { method: "POST", body: new URLSearchParams(body) });
    return response.status;
  };

  it("refuses wrong passwords and, unless told otherwise, requests without credentials", async () => {
    assert.deepEqual([(await get()).status, (await get("ada", "wrong")).status], [401, 401]);
  });

  it("gives tokens for a password and for a refresh token that are posted", async () => {
    const password = { grant_type: "password", username: "ada", password: "enchantress", scope };
    const refresh = { grant_type: "refresh_token", refresh_token: "of-numbers", scope };
    const wrong = { grant_type: "refresh_token", refresh_token: "undefined", scope };
    assert.deepEqual([await post(password), await post(refresh), await post(wrong)], [200, 200, 401]);
  });

  it("records each request with its user and scopes", async () => {
    await get("ada", "enchantress");
    assert.deepEqual(server.requests, [{ method: "GET", scopes: [scope], user: "ada", status: 200 }]);
  });

  for (const version of [2, 3] as const) {
    describe(`in front of distribution ${version}`, () => {
      let registry: LocalRegistry;
      before(async () => {
        registry = await startRegistry({ version, token: server.settings });
      });
      after(() => registry.stop());

      const startUpload = (token: string) =>
        fetch(`${registry.url}/v2/team/server/blobs/uploads/`, {
          method: "POST",
          headers: { authorization: `Bearer ${token}` },
        });

      it("is the realm that the registry's challenge names", async () => {
        const challenge = (await fetch(`${registry.url}/v2/`)).headers.get("www-authenticate") ?? "";
        assert.ok(challenge.includes(`realm="${server.settings.realm}"`), challenge);
      });

      it("gives a user what the user may do", async () => {
        const { token } = await get("ada", "enchantress");
        assert.equal((await startUpload(token)).status, 202);
      });

      it("keeps from a user what the user may not do", async () => {
        const { token } = await get("reader", "only");
        const refused = await startUpload(token);
        assert.equal(refused.status, 401);
        assert.match(refused.headers.get("www-authenticate") ?? "", /insufficient_scope/);
      });
    });
  }
});
