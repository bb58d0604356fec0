import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import {
  forEachRegistry,
  type LocalRegistry,
  onOneRegistry,
  type RegistryOptions,
  startRegistry,
} from "../../support/registries";

async function withRegistry(options: RegistryOptions, use: (registry: LocalRegistry) => Promise<void>): Promise<void> {
  const registry = await startRegistry(options);
  try {
    await use(registry);
  } finally {
    await registry.stop();
  }
}

function basic(username: string, password: string): { headers: Record<string, string> } {
  return { headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` } };
}

describe("startRegistry", () => {
  for (const version of [2, 3] as const) {
    it(`lets in only the account it was given, on distribution ${version}`, () =>
      withRegistry({ version, htpasswd: { username: "ada", password: "enchantress" } }, async ({ url }) => {
        const answers = [
          await fetch(`${url}/v2/`),
          await fetch(`${url}/v2/`, basic("ada", "wrong")),
          await fetch(`${url}/v2/`, basic("ada", "enchantress")),
        ];
        assert.deepEqual(
          answers.map(({ status }) => status),
          [401, 401, 200],
        );
      }));

    it(`refuses deletion when told to, on distribution ${version}`, () =>
      withRegistry({ version, deletes: false }, async ({ url }) => {
        const digest = `sha256:${"0".repeat(64)}`;
        const answer = await fetch(`${url}/v2/team/server/manifests/${digest}`, { method: "DELETE" });
        assert.equal(answer.status, 405);
      }));

    it(`leaves nothing behind when stopped, on distribution ${version}`, async () => {
      const registry = await startRegistry({ version });
      await registry.stop();
      assert.equal(existsSync(registry.directory), false);
      await assert.rejects(fetch(`${registry.url}/v2/`));
    });
  }
});

for (const [name, describeOn] of Object.entries({ forEachRegistry, onOneRegistry }))
  describeOn(name, (registry) => {
    it("gives a registry that answers on /v2/", async () => {
      const answer = await fetch(`${registry().url}/v2/`);
      assert.equal(answer.status, 200);
    });
  });
