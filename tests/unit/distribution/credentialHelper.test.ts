import assert from "node:assert/strict";
import { access, chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { askCredentialHelper } from "../../../provider/distribution/credentialHelper";
import { hasCode } from "../../../provider/errors";
import { createTestFolder, type TestFolder } from "./programs";

const answer = `echo '{"ServerURL":"r","Username":"alice","Secret":"helpers-secret"}'`;

describe("askCredentialHelper", () => {
  let folder: TestFolder;
  beforeEach(async () => {
    folder = await createTestFolder();
  });
  afterEach(() => folder.remove());

  const ask = (name = "test", address = "r.example.com", more: Record<string, string> = {}) =>
    askCredentialHelper(name, address, { PATH: `${folder.path}:/usr/bin:/bin`, ...more });

  it("takes user and secret from the helper", async () => {
    await folder.program("docker-credential-test", answer);
    assert.deepEqual(await ask(), { kind: "basic", username: "alice", password: "helpers-secret" });
  });

  it("takes the secret of the user <token> for an identity token", async () => {
    await folder.program("docker-credential-test", `echo '{"Username":"<token>","Secret":"helpers-identity"}'`);
    assert.deepEqual(await ask(), { kind: "identityToken", token: "helpers-identity" });
  });

  const inputs: readonly (readonly [address: string, input: string])[] = [
    ["r.example.com:5000", "r.example.com:5000"],
    ["docker.io", "https://index.docker.io/v1/"],
  ];
  for (const [address, input] of inputs)
    it(`security row 14: names ${address} on standard input only, as docker does`, async () => {
      await folder.program("docker-credential-test", `{ echo "$#:$*"; cat; } > ${folder.path}/seen; ${answer}`);
      await ask("test", address);
      assert.equal(await readFile(join(folder.path, "seen"), "utf8"), `1:get\n${input}`);
    });

  it("has nothing when the helper says that it found nothing", async () => {
    await folder.program("docker-credential-test", 'echo "credentials not found in native keychain"; exit 1');
    assert.equal(await ask(), undefined);
  });

  it("has nothing when the helper answers with an empty secret", async () => {
    await folder.program("docker-credential-test", `echo '{"Username":"","Secret":""}'`);
    assert.equal(await ask(), undefined);
  });

  const failures: readonly (readonly [title: string, program: string, reason: RegExp])[] = [
    ["fails", 'echo "keychain is locked" >&2; exit 3', /exit code 3, "keychain is locked"/],
    ["tells its error on standard output", 'echo "no such store"; exit 1', /exit code 1, "no such store"/],
    ["is killed", "kill -9 $$", /failed/],
    ["answers with something else than JSON", "echo canary", /something else than JSON/],
    ["answers without a secret", `echo '{"Username":"canary"}'`, /something else than JSON/],
    [
      "answers with a secret that is no text",
      `echo '{"Username":"a","Secret":{"canary":1}}'`,
      /something else than JSON/,
    ],
    ["says that it found nothing, and succeeds", 'echo "credentials not found in native keychain"', /something else/],
  ];
  for (const [title, program, reason] of failures)
    it(`security row 13: is an error, not anonymity, when the helper ${title}`, async () => {
      await folder.program("docker-credential-test", program);
      await assert.rejects(ask(), (error) => {
        assert.ok(hasCode(error, "ERR_AUTH"));
        assert.equal(error.details.host, "r.example.com");
        assert.match(error.message, reason);
        assert.doesNotMatch(error.message, /canary/);
        return true;
      });
    });

  it("security row 13: is an error when the helper is not there", async () => {
    await assert.rejects(ask(), (error) => hasCode(error, "ERR_AUTH") && /"test".*PATH/.test(error.message));
  });

  it("security row 13: is an error when the helper may not be executed", async () => {
    await folder.program("docker-credential-test", answer);
    await chmod(join(folder.path, "docker-credential-test"), 0o644);
    await assert.rejects(ask(), (error) => hasCode(error, "ERR_AUTH"));
  });

  for (const name of ["", "../evil", "a b", "a;touch x", "-x", "$(id)", "a/b", "x".repeat(65), "a\n"])
    it(`security row 14: runs no helper called ${JSON.stringify(name.slice(0, 12))}`, async () => {
      await assert.rejects(ask(name), (error) => hasCode(error, "ERR_AUTH") && /has a name that/.test(error.message));
    });

  it("security row 14: is not found by way of the working folder", async () => {
    await folder.program("docker-credential-test", `touch ${folder.path}/ran; ${answer}`);
    const before = process.cwd();
    process.chdir(folder.path);
    try {
      await assert.rejects(ask("test", "r", { PATH: `:.:./:${process.cwd()}` }), (error) => hasCode(error, "ERR_AUTH"));
    } finally {
      process.chdir(before);
    }
    await assert.rejects(access(join(folder.path, "ran")));
  });

  it("security row 14: gives the helper the user's environment, without Pulumi's own variables", async () => {
    await folder.program("docker-credential-test", `env > ${folder.path}/seen; ${answer}`);
    const given = { HOME: "/home/a", VAULT_ADDR: "v", WSL_INTEROP: "w", REQUESTS_CA_BUNDLE: "c", HTTPS_PROXY: "p" };
    const own = { PULUMI_CONFIG_PASSPHRASE: "canary", PULUMI_ACCESS_TOKEN: "canary", PULUMI_CONFIG: "canary" };
    await ask("test", "r", { ...given, ...own });
    const seen = await readFile(join(folder.path, "seen"), "utf8");
    const lines = seen.split("\n");
    assert.deepEqual(
      Object.entries(given).filter(([name, value]) => !lines.includes(`${name}=${value}`)),
      [],
    );
    assert.doesNotMatch(seen, /canary|PULUMI_/);
  });

  it("takes the answer of a helper that leaves a process behind which keeps its output open", async () => {
    await folder.program("docker-credential-test", `sleep 60 & echo $! > ${folder.path}/left; ${answer}`);
    assert.deepEqual(await ask(), { kind: "basic", username: "alice", password: "helpers-secret" });
    // It still runs: an agent is there to stay.
    process.kill(Number(await readFile(join(folder.path, "left"), "utf8")), "SIGKILL");
  });

  it("security row 14: stops a helper that says more than 64 KiB", async () => {
    await folder.program("docker-credential-test", "while :; do echo canary-canary-canary-canary; done");
    await assert.rejects(
      ask(),
      (error) =>
        hasCode(error, "ERR_AUTH") && /more than 65536 bytes/.test(error.message) && !/canary/.test(error.message),
    );
  });

  it("security row 15: redacts what the helper says in its error", async () => {
    await folder.program("docker-credential-test", 'echo "refresh_token=canary-token rejected" >&2; exit 1');
    await assert.rejects(ask(), (error) => hasCode(error, "ERR_AUTH") && !/canary/.test(error.message));
  });
});
