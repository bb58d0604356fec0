import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { type Acr, startAcr } from "../azure/acr";
import { fullAccess } from "../azure/acrTokens";
import { type Arm, startArm } from "../azure/arm";
import { clientId } from "../azure/clients";
import { type Entra, startEntra } from "../azure/entra";
import { type CommandResult, createStack } from "../support/pulumi";
import { createTestFolder, type TestFolder } from "../unit/distribution/programs";
import { binariesFor, programText } from "./programs";

const body = `
const registry = new multiarch.Registry("registry", { address, resourceId, credentials: { azure: {} } });
const source = { files: { "/usr/bin/server": binaries["linux/arm64"] } };
const image = new multiarch.PlatformImage("image", { registry, repository, platform: "linux/arm64", source });
new multiarch.MultiArchImage("server", { registry, repository, tags: ["1.4.0"], images: [image] });
`;

/** A way to sign in, and what it leaves at Entra. */
interface Way {
  readonly title: string;
  /** The variables that say so, and whatever secret is in them. */
  environment(): Promise<Readonly<Record<string, string>>>;
  /** What Entra and its like are asked for. */
  readonly asked: readonly string[];
}

const machineId = "33334444-dddd-5555-eeee-6666ffff7777";
const subject = "repo:contoso/app:ref:refs/heads/main";
const registryAudience = "https://containerregistry.azure.net";

describe("a stack on an Azure registry, with every message logged, of", function () {
  this.timeout(180_000);
  let entra: Entra;
  let acr: Acr;
  let arm: Arm;
  let folder: TestFolder;

  before(async () => {
    folder = await createTestFolder();
    entra = await startEntra({ applications: { [clientId]: { subject } }, managedIdentities: [machineId] });
    const principals = { [clientId]: fullAccess, [machineId]: fullAccess, "user@contoso.com": fullAccess };
    acr = await startAcr({ entra, principals });
    arm = await startArm({
      entra,
      registries: [{ name: "example", loginServer: acr.address, url: "http://localhost:1" }],
    });
  });
  after(() => Promise.all([acr.stop(), arm.stop(), entra.stop(), folder.remove()]));

  const federated = () => ({ ARM_TENANT_ID: entra.tenantId, ARM_CLIENT_ID: clientId });
  const ways: readonly Way[] = [
    {
      title: "a job with an OIDC token in a variable",
      environment: async () => ({
        ...federated(),
        ARM_USE_OIDC: "true",
        ARM_OIDC_TOKEN: entra.oidcToken({ sub: subject }),
      }),
      asked: ["POST /TENANT/oauth2/v2.0/token"],
    },
    {
      title: "a job that has to ask for its OIDC token",
      environment: async () => ({
        ...federated(),
        ARM_USE_OIDC: "true",
        ACTIONS_ID_TOKEN_REQUEST_URL: `${entra.url}/oidc/token?job=1`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: entra.jobToken,
      }),
      asked: ["GET /oidc/token", "POST /TENANT/oauth2/v2.0/token"],
    },
    {
      title: "a workload identity",
      async environment() {
        const file = join(folder.path, "token");
        await writeFile(file, entra.oidcToken({ sub: subject }));
        return { AZURE_TENANT_ID: entra.tenantId, AZURE_CLIENT_ID: clientId, AZURE_FEDERATED_TOKEN_FILE: file };
      },
      asked: ["POST /TENANT/oauth2/v2.0/token"],
    },
    {
      title: "a managed identity",
      environment: async () => ({ IDENTITY_ENDPOINT: `${entra.url}/msi/token`, IDENTITY_HEADER: entra.identityHeader }),
      asked: ["GET /msi/token"],
    },
    {
      title: "the Azure CLI's user",
      async environment() {
        const answer = (audience: string) =>
          `echo '{"accessToken":"${entra.userToken(audience)}","expires_on":4102444800}'`;
        await folder.program(
          "az",
          `case "$*" in *${registryAudience}*) ${answer(registryAudience)};; *) ${answer(arm.url)};; esac`,
        );
        return { PATH: [folder.path, process.env["PATH"]].join(delimiter) };
      },
      asked: [],
    },
  ];

  for (const [index, { title, environment, asked }] of ways.entries())
    describe(title, () => {
      const repository = `team/server${index}`;
      let up: CommandResult;
      let checkpoint: string;
      let requests: readonly string[];
      let managed: readonly number[];

      before(async () => {
        const [asksBefore, managedBefore] = [entra.requests.length, arm.requests.length];
        const stack = await createStack({
          program: programText(
            {
              address: acr.address,
              resourceId: arm.registryId("example"),
              repository,
              binaries: binariesFor("linux/arm64"),
            },
            body,
          ),
          environment: {
            AZURE_AUTHORITY_HOST: entra.url,
            ARM_RESOURCE_MANAGER_ENDPOINT: arm.url,
            ...(await environment()),
          },
        });
        up = await stack.up({ verbose: true });
        checkpoint = await stack.checkpointText();
        const lines = entra.requests.slice(asksBefore).map(({ method, path }) => `${method} ${path}`);
        requests = [...new Set(lines.map((line) => line.replace(entra.tenantId, "TENANT")))].sort();
        managed = arm.requests.slice(managedBefore).map(({ status }) => status);
        await stack.dispose();
      });

      it("is who signs in to the registry and to Azure Resource Manager", () => {
        assert.equal(up.code, 0, up.stdout);
        assert.deepEqual(requests, asked);
        assert.ok(acr.repositories.has(repository));
        assert.deepEqual([...new Set(managed)], [200]);
      });

      it("security row 15: keeps no secret and no token in state, history and backups", () => {
        assert.match(checkpoint, /sha256:[0-9a-f]{64}/);
        assert.doesNotMatch(checkpoint, /canary|eyJ|ciphertext/);
      });

      it("security row 15: has no secret and no token printed", () => {
        assert.ok(up.stderr.includes('"v":9'), "not every message was logged");
        assert.doesNotMatch(up.stdout + up.stderr, /canary|eyJ[\w-]{5}/);
      });
    });
});
