import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RegistryClient } from "../../provider/distribution/repository";
import { hasCode, messageOf } from "../../provider/errors";
import { blobOf, uniqueIndex, uniqueName } from "../registry/distribution/content";
import { stillClock } from "../support/context";
import { createTestFolder, type TestFolder } from "../unit/distribution/programs";
import { type Acr, type AcrOptions, startAcr } from "./acr";
import { fullAccess, nullUser } from "./acrTokens";
import { acrClient, azureAddress, clientId, clientSecret, secretEnvironment } from "./clients";
import { type Entra, startEntra } from "./entra";

const machineId = "33334444-dddd-5555-eeee-6666ffff7777";
const user = "user@contoso.com";
const principals = { [clientId]: fullAccess, [machineId]: fullAccess, [user]: fullAccess };
const users = { contoso: { password: "canary-admin-password", access: fullAccess } };

describe("signing in to an Azure registry", () => {
  let entra: Entra;
  let folder: TestFolder;
  let acr: Acr;
  before(async () => {
    entra = await startEntra({
      applications: { [clientId]: { secret: clientSecret } },
      managedIdentities: [machineId],
    });
  });
  after(() => entra.stop());
  beforeEach(async () => {
    folder = await createTestFolder();
  });
  afterEach(async () => {
    await folder.remove();
    await acr.stop();
  });

  const start = async (options: AcrOptions = {}) => {
    acr = await startAcr({ entra, principals, users, ...options });
  };
  const home = () => ({ HOME: folder.path, PATH: `${folder.path}:/usr/bin:/bin` });
  const signedIn = (token = entra.userToken("https://containerregistry.azure.net")) =>
    folder.program("az", `echo '{"accessToken":"${token}","expires_on":4102444800}'`);
  const dockerConfig = async (auths: object) => {
    await mkdir(join(folder.path, ".docker"), { recursive: true });
    await writeFile(join(folder.path, ".docker/config.json"), JSON.stringify({ auths }), { mode: 0o600 });
  };
  const basic = (name: string, password: string) => Buffer.from(`${name}:${password}`).toString("base64");

  async function push(client: RegistryClient, name = uniqueName()): Promise<string> {
    const repository = client.repository(name);
    await repository.pushBlob(blobOf(Buffer.from(name)));
    await repository.putManifest("1.0", uniqueIndex());
    return name;
  }

  const ways: readonly (readonly [
    title: string,
    sign: () => Promise<Parameters<typeof acrClient>[1]>,
    tokenRequests: readonly string[],
  ])[] = [
    [
      "an Entra token of a client secret",
      async () => ({ credentials: { azure: {} }, environment: secretEnvironment(entra) }),
      ["POST /oauth2/exchange", "POST /oauth2/token"],
    ],
    [
      "an Entra token by itself, because of its name",
      async () => ({ environment: secretEnvironment(entra) }),
      ["POST /oauth2/exchange", "POST /oauth2/token"],
    ],
    [
      "a managed identity",
      async () => ({ environment: { ARM_USE_MSI: "true", AZURE_POD_IDENTITY_AUTHORITY_HOST: entra.url } }),
      ["POST /oauth2/exchange", "POST /oauth2/token"],
    ],
    [
      "the Azure CLI's user",
      async () => {
        await signedIn();
        return { environment: home() };
      },
      ["POST /oauth2/exchange", "POST /oauth2/token"],
    ],
    [
      "the admin user's name and password, as listRegistryCredentials gives them",
      async () => ({ credentials: { username: "contoso", password: "canary-admin-password" } }),
      ["GET /oauth2/token"],
    ],
    [
      "an identity token of docker's configuration, as az acr login leaves it",
      async () => {
        await dockerConfig({
          [azureAddress(acr)]: { auth: basic(nullUser, ""), identitytoken: acr.tokens.refreshToken(user) },
        });
        return { environment: home() };
      },
      ["POST /oauth2/token"],
    ],
    [
      "the user of zeros, whose password is a refresh token",
      async () => {
        await dockerConfig({ [azureAddress(acr)]: { auth: basic(nullUser, acr.tokens.refreshToken(user)) } });
        return { environment: home() };
      },
      ["POST /oauth2/token"],
    ],
  ];
  for (const [title, sign, tokenRequests] of ways)
    it(`works with ${title}`, async () => {
      await start();
      await push(acrClient(acr, await sign()));
      const asked = [...new Set(acr.lines().filter((line) => line.includes("/oauth2/")))];
      assert.deepEqual(asked, tokenRequests);
    });

  it("pulls as nobody where that is allowed and nobody is known", async () => {
    await start({ anonymousPull: true });
    const name = await push(acrClient(acr, { credentials: { azure: {} }, environment: secretEnvironment(entra) }));
    assert.notEqual(await acrClient(acr, { environment: home() }).repository(name).headManifest("1.0"), undefined);
  });

  it("lets an Entra identity of the environment go before the Azure CLI and docker's configuration", async () => {
    await start();
    await signedIn("unusable");
    await dockerConfig({ [azureAddress(acr)]: { auth: basic("contoso", "wrong") } });
    await push(acrClient(acr, { environment: { ...home(), ...secretEnvironment(entra) } }));
  });

  it("goes on to docker's configuration when the registry does not take the Azure CLI's user", async () => {
    await start({ principals: {} });
    await signedIn();
    await dockerConfig({ [azureAddress(acr)]: { auth: basic("contoso", "canary-admin-password") } });
    await push(acrClient(acr, { environment: home() }));
  });

  it("goes on to docker's configuration when the Azure CLI fails", async () => {
    await start();
    await folder.program("az", 'echo "ERROR: AADSTS700082: The refresh token has expired." >&2; exit 1');
    await dockerConfig({ [azureAddress(acr)]: { auth: basic("contoso", "canary-admin-password") } });
    await push(acrClient(acr, { environment: home() }));
  });

  it("goes on to nobody when the registry does not take the Azure CLI's user", async () => {
    await start({ anonymousPull: true });
    const name = await push(acrClient(acr, { credentials: { azure: {} }, environment: secretEnvironment(entra) }));
    await signedIn(entra.userToken("https://other.example"));
    assert.notEqual(await acrClient(acr, { environment: home() }).repository(name).headManifest("1.0"), undefined);
  });

  it("makes one exchange for all tokens, and one token for all requests of a scope", async () => {
    await start();
    const client = acrClient(acr, { credentials: { azure: {} }, environment: secretEnvironment(entra) });
    await push(client);
    await push(client);
    const asked = acr.lines().filter((line) => line.includes("/oauth2/"));
    assert.deepEqual(asked, ["POST /oauth2/exchange", "POST /oauth2/token", "POST /oauth2/token"]);
  });

  it("keeps its tokens for as long as they say, and exchanges again only when the refresh token is at its end", async () => {
    await start({ refreshSeconds: 11_700, accessSeconds: 4_500 });
    const clock = stillClock();
    const client = acrClient(acr, { credentials: { azure: {} }, environment: secretEnvironment(entra), clock });
    const name = await push(client);
    const exchangesAfter = async (seconds: number) => {
      clock.advance(seconds);
      acr.reset();
      await client.repository(name).headManifest("1.0");
      return acr.lines().filter((line) => line.includes("/oauth2/"));
    };
    assert.deepEqual(await exchangesAfter(1), ["POST /oauth2/token"]);
    assert.deepEqual(await exchangesAfter(4_400), []);
    assert.deepEqual(await exchangesAfter(100), ["POST /oauth2/token"]);
    assert.deepEqual(await exchangesAfter(7_200), ["POST /oauth2/exchange", "POST /oauth2/token"]);
  });

  it("gets a token from a registry with repository permissions (ABAC), because it asks for exact repositories", async () => {
    const name = uniqueName();
    await start({ abac: true, principals: { [clientId]: { [name]: ["pull", "push"] } } });
    await push(acrClient(acr, { credentials: { azure: {} }, environment: secretEnvironment(entra) }), name);
  });

  it("exchanges once more when a role was assigned just before: the registry lags behind", async () => {
    await start();
    acr.tokens.laggingExchanges = 1;
    await push(acrClient(acr, { credentials: { azure: {} }, environment: secretEnvironment(entra) }));
    assert.equal(acr.lines().filter((line) => line === "POST /oauth2/exchange").length, 2);
  });

  const failures: readonly (readonly [
    title: string,
    options: AcrOptions,
    environment: Readonly<Record<string, string>>,
    message: RegExp,
  ])[] = [
    [
      "a wrong tenant",
      {},
      { ARM_TENANT_ID: "contoso.example" },
      /AADSTS90002: Tenant 'contoso\.example' not found.*Correct the tenant/,
    ],
    ["a wrong client secret", {}, { ARM_CLIENT_SECRET: "canary-wrong" }, /AADSTS7000215.*Correct the client secret/],
    [
      "an identity without a role (assumed: the exchange is refused)",
      { principals: {} },
      {},
      /POST http:\/\/localhost:\d+\/oauth2\/exchange: 401 UNAUTHORIZED.*does not take the Entra token of the application .*AcrPull to pull, AcrPush to push/,
    ],
    [
      "a registry with repository permissions (ABAC) and an identity without any (assumed: DENIED)",
      { abac: true, principals: {} },
      {},
      /403 DENIED.*Container Registry Repository Writer to push \(AcrPull and AcrPush do not count.*up to 10 minutes/,
    ],
    [
      "rights for another repository only (assumed: DENIED)",
      { principals: { [clientId]: { other: ["pull", "push"] } } },
      {},
      /403 DENIED.*Assign the application .* a role on the registry: AcrPull to pull, AcrPush to push/,
    ],
    [
      "the right to pull only, when it pushes (assumed: insufficient_scope)",
      { principals: { [clientId]: { "*": ["pull"] } } },
      {},
      /401: .*refuses the application .*insufficient_scope.*AcrPush to push/,
    ],
  ];
  for (const [title, options, environment, message] of failures)
    it(`says what to do about ${title}, and tells no secret`, async () => {
      await start(options);
      const client = acrClient(acr, {
        credentials: { azure: {} },
        environment: { ...secretEnvironment(entra), ...environment },
      });
      await assert.rejects(push(client), (error) => {
        assert.match(messageOf(error), message);
        return !/canary|eyJ/.test(error instanceof Error ? error.message : "");
      });
    });

  it("says what to do about an Entra token that has expired", async () => {
    await start();
    await signedIn(entra.userToken("https://containerregistry.azure.net", -1));
    const client = acrClient(acr, { credentials: { azure: { method: "cli" } }, environment: home() });
    await assert.rejects(
      push(client),
      /oauth2\/exchange: 401 UNAUTHORIZED.*does not take the Entra token of the user of the Azure CLI/,
    );
  });

  it("says what to do when the policy azureADAuthenticationAsArmPolicy refuses a token for Azure Resource Manager", async () => {
    await start({ refusesArmAudience: true });
    await folder.program(
      "az",
      `case "$*" in *containerregistry*) echo "ERROR: AADSTS500011: The resource principal was not found" >&2; exit 1;; esac
echo '{"accessToken":"${entra.userToken("https://management.azure.com")}","expires_on":4102444800}'`,
    );
    const client = acrClient(acr, { credentials: { azure: { method: "cli" } }, environment: home() });
    await assert.rejects(push(client), /azureADAuthenticationAsArmPolicy may refuse: enable that policy/);
  });

  it("says what to do about network rules", async () => {
    await start();
    acr.switches.firewall = true;
    const client = acrClient(acr, { credentials: { azure: {} }, environment: secretEnvironment(entra) });
    await assert.rejects(
      client.ping(),
      (error) =>
        hasCode(error, "ERR_REGISTRY") && /403 DENIED: client with IP.*az acr network-rule add/.test(error.message),
    );
  });

  it("remains who it is when that identity, found by itself, may pull and not push", async () => {
    await start({ principals: { [clientId]: { "*": ["pull"] } } });
    const client = acrClient(acr, { environment: { ...home(), ...secretEnvironment(entra) } });
    await assert.rejects(push(client), /401: .*refuses the application .*insufficient_scope/);
    assert.equal(await client.repository(uniqueName()).headManifest("1.0"), undefined);
  });

  it("says why the Entra identity was refused, not that nobody is, when nothing else helps", async () => {
    await start({ principals: {} });
    await signedIn();
    await assert.rejects(
      push(acrClient(acr, { environment: home() })),
      /does not take the Entra token of the user of the Azure CLI/,
    );
  });
});
