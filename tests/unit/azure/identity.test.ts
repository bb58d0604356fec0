import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AzureCredentials } from "../../../provider/azure/credentials";
import { findAzureIdentity, requireAzureIdentity } from "../../../provider/azure/identity";
import { hasCode, redact } from "../../../provider/errors";
import type { Environment } from "../../../provider/program";
import { type Entra, startEntra } from "../../azure/entra";
import { manualClock } from "../distribution/manualClock";
import { createTestFolder, type TestFolder } from "../distribution/programs";

const audience = "https://containerregistry.azure.net";
const clientId = "11112222-bbbb-3333-cccc-4444dddd5555";
const expiredId = "22223333-cccc-4444-dddd-5555eeee6666";
const secret = "canary-client-secret-8f2a";
const subject = "repo:contoso/app:ref:refs/heads/main";

describe("findAzureIdentity", () => {
  let entra: Entra;
  let folder: TestFolder;
  before(async () => {
    entra = await startEntra({
      applications: { [clientId]: { secret, subject }, [expiredId]: { secret, isSecretExpired: true } },
      managedIdentities: ["machine-identity", "user-assigned"],
    });
  });
  after(() => entra.stop());
  beforeEach(async () => {
    folder = await createTestFolder();
  });
  afterEach(() => folder.remove());

  const search = (environment: Environment, credentials: AzureCredentials = {}) => {
    const path = `${folder.path}:/usr/bin:/bin`;
    const world = {
      clock: manualClock(),
      environment: { PATH: path, AZURE_AUTHORITY_HOST: entra.url, ...environment },
    };
    return { credentials, world, audience };
  };
  const application = () => ({ ARM_TENANT_ID: entra.tenantId, ARM_CLIENT_ID: clientId });
  const withSecret = () => ({ ...application(), ARM_CLIENT_SECRET: secret });
  const cli = (answer: string) => folder.program("az", answer);
  const signedIn = () =>
    cli(
      `echo "$*" > ${folder.path}/args; echo '{"accessToken":"${entra.userToken(audience)}","expires_on":4102444800}'`,
    );

  /** What the token that the environment leads to says, and who asked for it. */
  async function claims(environment: Environment, credentials: AzureCredentials = {}) {
    const identity = await requireAzureIdentity(search(environment, credentials));
    const { value } = await identity.token(audience);
    const told = entra.verify(value);
    return { method: identity.method, aud: told?.["aud"], who: told?.["appid"] ?? told?.["upn"] };
  }

  const file = async (text: string) => {
    const path = join(folder.path, "token");
    await writeFile(path, text);
    return path;
  };

  const ways: readonly (readonly [
    title: string,
    way: () => Promise<readonly [environment: Environment, credentials?: AzureCredentials]>,
    method: string,
    who: string,
  ])[] = [
    ["a client secret under the names of azure-native", async () => [withSecret()], "clientSecret", clientId],
    [
      "a client secret under the names of Azure's SDKs",
      async () => [{ AZURE_TENANT_ID: entra.tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: secret }],
      "clientSecret",
      clientId,
    ],
    [
      "a client secret in a variable that the credentials name",
      async () => [{ MY_SECRET: secret }, { tenantId: entra.tenantId, clientId, clientSecretEnv: "MY_SECRET" }],
      "clientSecret",
      clientId,
    ],
    [
      "an OIDC token in ARM_OIDC_TOKEN",
      async () => [{ ...application(), ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: entra.oidcToken({ sub: subject }) }],
      "oidc",
      clientId,
    ],
    [
      "an OIDC token in a variable that the credentials name",
      async () => [{ ...application(), ID_TOKEN: entra.oidcToken({ sub: subject }) }, { oidcTokenEnv: "ID_TOKEN" }],
      "oidc",
      clientId,
    ],
    [
      "an OIDC token in the file of ARM_OIDC_TOKEN_FILE_PATH",
      async () => {
        const path = await file(`${entra.oidcToken({ sub: subject })}\n`);
        return [{ ...application(), ARM_USE_OIDC: "1", ARM_OIDC_TOKEN_FILE_PATH: path }];
      },
      "oidc",
      clientId,
    ],
    [
      "an OIDC token of a GitHub job",
      async () => [
        {
          ...application(),
          ARM_USE_OIDC: "true",
          ACTIONS_ID_TOKEN_REQUEST_URL: `${entra.url}/oidc/token?job=1`,
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: entra.jobToken,
        },
      ],
      "oidc",
      clientId,
    ],
    [
      "the file of Kubernetes' workload identity",
      async () => {
        const path = await file(entra.oidcToken({ sub: subject }));
        return [{ AZURE_TENANT_ID: entra.tenantId, AZURE_CLIENT_ID: clientId, AZURE_FEDERATED_TOKEN_FILE: path }];
      },
      "workloadIdentity",
      clientId,
    ],
    [
      "a machine's managed identity",
      async () => [{ ARM_USE_MSI: "true", AZURE_POD_IDENTITY_AUTHORITY_HOST: entra.url }],
      "managedIdentity",
      "machine-identity",
    ],
    [
      "a user-assigned managed identity",
      async () => [
        { AZURE_POD_IDENTITY_AUTHORITY_HOST: entra.url },
        { method: "managedIdentity", clientId: "user-assigned" },
      ],
      "managedIdentity",
      "user-assigned",
    ],
    [
      "the managed identity of an App Service",
      async () => [{ IDENTITY_ENDPOINT: `${entra.url}/msi/token`, IDENTITY_HEADER: entra.identityHeader }],
      "managedIdentity",
      "machine-identity",
    ],
    [
      "the Azure CLI",
      async () => {
        await signedIn();
        return [{}];
      },
      "cli",
      "user@contoso.com",
    ],
  ];
  for (const [title, way, method, who] of ways)
    it(`signs in with ${title}`, async () => {
      assert.deepEqual(await claims(...(await way())), { method, aud: audience, who });
    });

  it("asks the Azure CLI for the audience, without a shell, and with the tenant that is given", async () => {
    await signedIn();
    await claims({}, { tenantId: "contoso; reboot" });
    assert.equal(
      await readFile(join(folder.path, "args"), "utf8"),
      `account get-access-token --resource ${audience} --tenant contoso; reboot --output json\n`,
    );
  });

  it("lets a client secret go before everything else", async () => {
    await signedIn();
    const others = { ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "unused", ARM_USE_MSI: "true" };
    assert.equal((await claims({ ...withSecret(), ...others })).method, "clientSecret");
  });

  it("lets a named method go before every other", async () => {
    await signedIn();
    assert.equal((await claims(withSecret(), { method: "cli" })).method, "cli");
  });

  it("finds nobody where the environment says nothing of Azure", async () => {
    assert.equal(await findAzureIdentity(search({})), undefined);
  });

  it("finds nobody where nobody is signed in to the Azure CLI", async () => {
    await cli(`echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`);
    assert.equal(await findAzureIdentity(search({})), undefined);
  });

  const failures: readonly (readonly [
    title: string,
    way: () => Promise<readonly [environment: Environment, credentials?: AzureCredentials]>,
    message: RegExp,
  ])[] = [
    [
      "a wrong tenant",
      async () => [{ ...withSecret(), ARM_TENANT_ID: "contoso.example" }],
      /400: AADSTS90002: Tenant 'contoso\.example' not found.*Correct the tenant: .*ARM_TENANT_ID.*correlation id/,
    ],
    [
      "a wrong client secret",
      async () => [{ ...withSecret(), ARM_CLIENT_SECRET: "canary-wrong-secret" }],
      /401: AADSTS7000215: .*Correct the client secret: its value, not its id/,
    ],
    [
      "an expired client secret",
      async () => [{ ...withSecret(), ARM_CLIENT_ID: expiredId }],
      /AADSTS7000222: .*make a new one/,
    ],
    [
      "an unknown application",
      async () => [{ ...withSecret(), ARM_CLIENT_ID: "nobody" }],
      /AADSTS700016: .*Correct the application's id/,
    ],
    [
      "an expired OIDC token",
      async () => [
        {
          ...application(),
          ARM_USE_OIDC: "true",
          ARM_OIDC_TOKEN: entra.oidcToken({ sub: subject, expiresInSeconds: -1 }),
        },
      ],
      /AADSTS700024: .*get a fresh one/,
    ],
    [
      "an OIDC token of another subject",
      async () => [{ ...application(), ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: entra.oidcToken({ sub: "repo:fork" }) }],
      /AADSTS700213: .*Correct the subject of the application's federated credential/,
    ],
    [
      "an OIDC token of another audience",
      async () => [
        {
          ...application(),
          ARM_USE_OIDC: "true",
          ARM_OIDC_TOKEN: entra.oidcToken({ sub: subject, aud: "api://other" }),
        },
      ],
      /AADSTS700212: .*Correct the audience/,
    ],
    [
      "OIDC without a token",
      async () => [{ ...application(), ARM_USE_OIDC: "true" }],
      /oidc: .*ARM_OIDC_TOKEN.*id-token: write/,
    ],
    [
      "a file of a token that is not there",
      async () => [{ ...application(), AZURE_FEDERATED_TOKEN_FILE: join(folder.path, "absent") }],
      /absent, which AZURE_FEDERATED_TOKEN_FILE names, cannot be read/,
    ],
    [
      "a managed identity that the machine has not",
      async () => [{ AZURE_POD_IDENTITY_AUTHORITY_HOST: entra.url }, { method: "managedIdentity", clientId: "absent" }],
      /400: Identity not found\. No token for the managed identity absent/,
    ],
    [
      "an Azure CLI whose sign-in has expired",
      async () => {
        await cli(`echo "ERROR: AADSTS700082: The refresh token has expired due to inactivity." >&2; exit 1`);
        return [{}];
      },
      /az account get-access-token failed: .*AADSTS700082.*run "az login" again/,
    ],
    [
      "a named method that lacks what it needs",
      async () => [{}, { method: "clientSecret" }],
      /clientSecret: a tenant \(`tenantId`/,
    ],
    [
      "nothing at all",
      async () => [{}],
      /There is no way to sign in to Azure\. What it takes: clientSecret: .*cli: az on PATH/,
    ],
  ];
  for (const [title, way, message] of failures)
    it(`says what to do about ${title}, and tells no secret`, async () => {
      await assert.rejects(claims(...(await way())), (error) => {
        assert.equal(hasCode(error, "ERR_AUTH"), true);
        const text = error instanceof Error ? error.message : "";
        assert.match(text, message);
        return !text.includes("canary") && !/eyJ/.test(text);
      });
    });

  it("makes every secret and token that it meets unprintable", async () => {
    const { value } = await (await requireAzureIdentity(search(withSecret()))).token(audience);
    assert.equal(redact(`${secret} and ${value}`), "[redacted] and [redacted]");
  });

  it("sends no secret to an authority without TLS on another host", async () => {
    const identity = await requireAzureIdentity(
      search({ ...withSecret(), AZURE_AUTHORITY_HOST: "http://login.example" }),
    );
    await assert.rejects(identity.token(audience), /AZURE_AUTHORITY_HOST is no https URL/);
  });
});
