import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Credentials } from "../../../provider/distribution/connection";
import { type CredentialSources, resolveCredentials } from "../../../provider/distribution/credentials";
import { hasCode, redact } from "../../../provider/errors";
import { manualClock } from "./manualClock";
import { createTestFolder, type TestFolder } from "./programs";

const basic = (username: string, password: string) => ({ kind: "basic", username, password });

describe("resolveCredentials", () => {
  describe("with explicit credentials", () => {
    const sources: CredentialSources = {
      clock: manualClock(),
      environment: { REGISTRY_USER: "alice", REGISTRY_PASSWORD: "from-environment", EMPTY: "" },
      config: (key) => (key === "registryPassword" ? "from-config" : undefined),
    };
    const resolve = (credentials: Credentials) =>
      resolveCredentials({ address: "r.example.com", credentials }, sources);

    const forms: readonly (readonly [title: string, credentials: Credentials, expected: object])[] = [
      [
        "a password from the environment",
        { username: "bob", passwordEnv: "REGISTRY_PASSWORD" },
        basic("bob", "from-environment"),
      ],
      [
        "user and password from the environment",
        { usernameEnv: "REGISTRY_USER", passwordEnv: "REGISTRY_PASSWORD" },
        basic("alice", "from-environment"),
      ],
      [
        "a password from the stack's configuration",
        { username: "bob", passwordConfig: "registryPassword" },
        basic("bob", "from-config"),
      ],
      ["a password as it is", { username: "bob", password: "as-it-is" }, basic("bob", "as-it-is")],
      ["a registry token", { token: "a-registry-token" }, { kind: "registryToken", token: "a-registry-token" }],
      ["nobody", { anonymous: true }, { kind: "anonymous" }],
    ];
    for (const [title, credentials, expected] of forms)
      it(`takes ${title}`, async () => assert.deepEqual(await resolve(credentials), expected));

    const missing: readonly (readonly [credentials: Credentials, path: string, name: string])[] = [
      [{ username: "bob", passwordEnv: "NOT_SET" }, "registry.credentials.passwordEnv", "NOT_SET"],
      [{ username: "bob", passwordEnv: "EMPTY" }, "registry.credentials.passwordEnv", "EMPTY"],
      [{ usernameEnv: "NOT_SET", passwordEnv: "REGISTRY_PASSWORD" }, "registry.credentials.usernameEnv", "NOT_SET"],
      [{ username: "bob", passwordConfig: "other" }, "registry.credentials.passwordConfig", "other"],
    ];
    for (const [credentials, path, name] of missing)
      it(`names ${path} and ${name} when there is nothing in it`, async () => {
        await assert.rejects(
          resolve(credentials),
          (error) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === path && error.message.includes(name),
        );
      });

    it("security row 15: has what it found redacted", async () => {
      await resolve({ username: "bob", passwordEnv: "REGISTRY_PASSWORD" });
      assert.equal(redact("it is from-environment"), "it is [redacted]");
    });
  });

  describe("without explicit credentials", () => {
    let folder: TestFolder;
    beforeEach(async () => {
      folder = await createTestFolder();
    });
    afterEach(() => folder.remove());

    const config = (username: string, address = "r.example.com") =>
      JSON.stringify({ auths: { [address]: { auth: Buffer.from(`${username}:their-password`).toString("base64") } } });

    async function write(name: string, text: string, mode = 0o600): Promise<void> {
      const path = join(folder.path, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      await chmod(path, mode);
    }

    function resolve(environment: Record<string, string> = {}, notify?: (message: string) => void) {
      const sources = { environment: { HOME: folder.path, PATH: `${folder.path}:/usr/bin:/bin`, ...environment } };
      return resolveCredentials(
        { address: "r.example.com" },
        { ...sources, clock: manualClock(), config: () => undefined, ...(notify && { notify }) },
      );
    }

    const found = async (environment?: Record<string, string>) => {
      const credentials = await resolve(environment);
      return credentials.kind === "basic" ? credentials.username : credentials.kind;
    };

    it("is anonymous when nothing knows the registry", async () => {
      await write(".docker/config.json", config("alice", "other.example.com"));
      assert.equal(await found(), "anonymous");
    });

    it("says which keys and helpers there were instead", async () => {
      await folder.program("docker-credential-test", 'echo "credentials not found in native keychain"; exit 1');
      await write(".docker/config.json", JSON.stringify({ credHelpers: { "r.example.com": "test" } }));
      await write(".config/containers/auth.json", config("bob", "r.example.com/other"));
      assert.deepEqual(await resolve(), {
        kind: "anonymous",
        seen: [
          `the credential helper "test" of ${folder.path}/.docker/config.json has none`,
          `${folder.path}/.config/containers/auth.json has only "r.example.com/other"`,
        ],
      });
    });

    it("is anonymous without a home", async () => {
      const sources = { clock: manualClock(), environment: {}, config: () => undefined };
      assert.deepEqual(await resolveCredentials({ address: "r.example.com" }, sources), { kind: "anonymous" });
    });

    /** Every place, the first before the second, and so on. */
    const places: readonly (readonly [place: string, variables: (path: string) => Record<string, string>])[] = [
      ["DOCKER_AUTH_CONFIG", () => ({ DOCKER_AUTH_CONFIG: config("DOCKER_AUTH_CONFIG") })],
      ["docker/config.json", (path) => ({ DOCKER_CONFIG: join(path, "docker") })],
      [".docker/config.json", () => ({})],
      ["podman.json", (path) => ({ REGISTRY_AUTH_FILE: join(path, "podman.json") })],
      ["run/containers/auth.json", (path) => ({ XDG_RUNTIME_DIR: join(path, "run") })],
      ["config/containers/auth.json", (path) => ({ XDG_CONFIG_HOME: join(path, "config") })],
      [".config/containers/auth.json", () => ({})],
    ];
    places.forEach(([place, variables], index) => {
      it(`looks into ${place}`, async () => {
        await write(place, config(place));
        assert.equal(await found(variables(folder.path)), place);
      });

      for (const [later, more] of places.slice(index + 1))
        it(`lets ${place} go before ${later}`, async () => {
          await write(place, config(place));
          await write(later, config(later));
          assert.equal(await found({ ...more(folder.path), ...variables(folder.path) }), place);
        });
    });

    it("looks further when a file does not know the registry", async () => {
      await write(".docker/config.json", config("alice", "other.example.com"));
      await write(".config/containers/auth.json", config("bob"));
      assert.equal(await found(), "bob");
    });

    it("asks the helper that a file names", async () => {
      await folder.program("docker-credential-test", `echo '{"Username":"carol","Secret":"carols-secret"}'`);
      await write(".docker/config.json", JSON.stringify({ credHelpers: { "r.example.com": "test" } }));
      assert.equal(await found(), "carol");
    });

    it("looks further when the helper has nothing", async () => {
      await folder.program("docker-credential-test", 'echo "credentials not found in native keychain"; exit 1');
      await write(".docker/config.json", JSON.stringify({ credsStore: "test" }));
      await write(".config/containers/auth.json", config("bob"));
      assert.equal(await found(), "bob");
    });

    it("security row 13: looks no further when the helper fails", async () => {
      await write(".docker/config.json", JSON.stringify({ credsStore: "missing" }));
      await write(".config/containers/auth.json", config("bob"));
      await assert.rejects(resolve(), (error) => hasCode(error, "ERR_AUTH") && /"missing"/.test(error.message));
    });

    it("security row 13: looks no further when a file is broken, and names it", async () => {
      await write(".docker/config.json", '{"auths": canary');
      await write(".config/containers/auth.json", config("bob"));
      await assert.rejects(
        resolve(),
        (error) =>
          hasCode(error, "ERR_AUTH") &&
          error.message.includes(join(folder.path, ".docker/config.json")) &&
          !error.message.includes("canary"),
      );
    });

    it("names the variable when that is broken", async () => {
      await assert.rejects(resolve({ DOCKER_AUTH_CONFIG: "{" }), /variable DOCKER_AUTH_CONFIG/);
    });

    const warnings: readonly (readonly [title: string, text: string, mode: number, warned: boolean])[] = [
      ["warns of a file with secrets that others may read", config("alice"), 0o644, true],
      ["is silent about one that only its owner may read", config("alice"), 0o600, false],
      ["is silent about one without secrets", "{}", 0o644, false],
    ];
    for (const [title, text, mode, warned] of warnings)
      it(`security row 19: ${title}`, async () => {
        await write(".docker/config.json", text, mode);
        const told: string[] = [];
        await resolve({}, (message) => told.push(message));
        const path = join(folder.path, ".docker/config.json");
        assert.deepEqual(
          told.map((message) => message.startsWith(path)),
          warned ? [true] : [],
        );
      });
  });
});
