import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { create } from "tar";
import { hasCode } from "../../../provider/errors";
import { acrRunLifecycle } from "../../../provider/resources/acrRun/lifecycle";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { acrTaskYaml } from "../../../sdk/azure/taskYaml";
import type { ScheduleRequest } from "../../azure/armTasks";
import { type AzureStandIn, buildClock, startAzure } from "../../azure/world";
import { startProcess } from "../../support/context";
import { type FileServer, startFileServer } from "../../support/fileServer";
import { type LocalRegistry, startRegistry } from "../../support/registries";
import { resource } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";

const run = promisify(execFile);
const platforms = ["linux/amd64", "linux/arm64"];
const tagOf = (platform: string) => `1.0-${platform.replace("/", "-")}`;

interface Kind {
  readonly title: string;
  /** Its URL's end. */
  readonly path: string;
  /** Makes the folder `app/server` of a web server's folder available there as it is now. */
  publish(folder: string): Promise<void>;
}

const tarball: Kind = {
  title: "a tarball",
  path: "app.tar.gz",
  publish: (folder) => create({ gzip: true, file: join(folder, "app.tar.gz"), cwd: join(folder, "app/server") }, ["."]),
};
const git: Kind = {
  title: "a folder of a branch of a git repository",
  path: "app/.git#release:server",
  async publish(folder) {
    const author = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@example.com", GIT_COMMITTER_NAME: "a" };
    const env = {
      PATH: process.env["PATH"],
      GIT_CONFIG_GLOBAL: "/dev/null",
      ...author,
      GIT_COMMITTER_EMAIL: "a@example.com",
    };
    const command = (...args: readonly string[]) => run("git", [...args], { cwd: join(folder, "app"), env });
    await command("init", "--quiet", "--initial-branch=release");
    await command("add", "--all");
    await command("commit", "--quiet", "--message=all");
    await command("update-server-info");
  },
};

for (const { title, path, publish } of [tarball, git])
  describe(`a run of ACR Tasks of ${title}`, function () {
    this.timeout(30_000);
    let registry: LocalRegistry;
    let azure: AzureStandIn;
    let folder: string;
    let files: FileServer;
    let place: TestRepository;

    before(async () => {
      registry = await startRegistry({ version: 3 });
    });
    after(() => registry.stop());
    beforeEach(async () => {
      azure = await startAzure({ registries: [{ name: "example", loginServer: registry.address, url: registry.url }] });
      place = newTestRepository(registry);
      folder = await mkdtemp(join(tmpdir(), "multiarch-remote-"));
      files = await startFileServer(folder);
      await mkdir(join(folder, "app/server"), { recursive: true });
      await write("Dockerfile", "FROM scratch\nARG TARGETARCH\nCOPY server-$TARGETARCH /server\n");
      for (const arch of ["amd64", "arm64"]) await write(`server-${arch}`, `${arch} of ${place.name}`);
      await publish(folder);
    });
    afterEach(async () => {
      await azure.stop();
      await files.stop();
      await rm(folder, { recursive: true });
    });

    const write = (name: string, text: string) => writeFile(join(folder, "app/server", name), text);
    const source = () => `${files.url}/${path}`;
    const newProcess = () => startProcess({ environment: azure.environment, clock: buildClock(azure) });
    const program = (more: PropertyBag = {}): PropertyBag => ({
      registry: { address: registry.address, resourceId: azure.arm.registryId("example") },
      repository: place.name,
      task: acrTaskYaml({
        repository: place.name,
        tag: "1.0-{os}-{arch}",
        platforms: Object.fromEntries(platforms.map((platform) => [platform, {}])),
      }),
      images: Object.fromEntries(platforms.map((name) => [name, { tag: tagOf(name), dockerfile: "Dockerfile" }])),
      source: source(),
      ...more,
    });
    const newRun = () => resource(acrRunLifecycle, "server", "AcrRun");
    const actions = () => azure.arm.requests.map((request) => request.path.split("/").at(-1) ?? "");

    it("gives Azure the URL as it is, and uploads nothing", async () => {
      await newRun().up(program(), newProcess());
      const scheduled = azure.arm.requests.filter((request) => request.path.endsWith("/scheduleRun"));
      assert.deepEqual(
        scheduled.map(({ body }) => {
          const request: ScheduleRequest = Object(body);
          return request.sourceLocation;
        }),
        [source()],
      );
      assert.ok(!actions().includes("listBuildSourceUploadUrl"), actions().join());
      assert.deepEqual(
        azure.arm.storage.requests.filter((request) => request.startsWith("PUT")),
        [],
      );
    });

    it("builds what Azure fetches, and tells the digest of each platform's image", async () => {
      const { digests } = await newRun().up(program(), newProcess());
      const there = await Promise.all(platforms.map((platform) => place.digestAt(tagOf(platform))));
      assert.deepEqual(digests, Object.fromEntries(platforms.map((platform, index) => [platform, there[index]])));
      assert.ok(there.every((digest) => digest !== undefined));
    });

    it("is not looked at in preview: nothing on this machine asks for the URL", async () => {
      const { inputs } = await newRun().preview(program(), newProcess());
      assert.deepEqual([inputs["sourceLocation"], inputs["contextDigest"]], [source(), undefined]);
      assert.deepEqual(files.requests, []);
    });

    it("is not made again when what is at the URL has changed, but when a trigger has", async () => {
      const server = newRun();
      const first = await server.up(program({ triggers: { commit: "1" } }), newProcess());
      await write("server-arm64", `changed of ${place.name}`);
      await publish(folder);
      const second = await server.up(program({ triggers: { commit: "1" } }), newProcess());
      const third = await server.up(program({ triggers: { commit: "2" } }), newProcess());
      assert.deepEqual(second["digests"], first["digests"]);
      assert.equal(Object(third["digests"])["linux/amd64"], Object(first["digests"])["linux/amd64"]);
      assert.notEqual(Object(third["digests"])["linux/arm64"], Object(first["digests"])["linux/arm64"]);
      assert.equal(azure.arm.runs.size, 2);
    });

    it("is made again for another URL", async () => {
      const server = newRun();
      await server.up(program(), newProcess());
      const other = source().replace("localhost", "127.0.0.1");
      assert.equal((await server.preview(program({ source: other }), newProcess())).changes, true);
      await server.up(program({ source: other }), newProcess());
      assert.equal([...azure.arm.runs.values()].at(-1)?.request.sourceLocation, other);
    });

    it("fails with what the run's log says when Azure cannot fetch it", async () => {
      await rm(join(folder, path.split("#")[0] ?? ""), { recursive: true });
      await assert.rejects(newRun().up(program(), newProcess()), (error) =>
        /ended with Failed.*Its log ends:/s.test(String(error)),
      );
    });
  });

describe("the URL of the source of a run of ACR Tasks", () => {
  const registryId = "/subscriptions/1/resourceGroups/group/providers/Microsoft.ContainerRegistry/registries/example";
  const preview = (source: string) => {
    const registry = { address: "localhost:1", resourceId: registryId };
    const images = { "linux/amd64": { tag: "1.0" } };
    const declared = { registry, repository: "app", task: "steps: []", images, source, onConflict: "overwrite" };
    return resource(acrRunLifecycle, "server", "AcrRun").preview(declared);
  };

  for (const source of [
    "https://canary-token@github.com/contoso/app.git#main",
    "https://robot:canary-password@example.com/app.tar.gz",
    "https://contoso.blob.core.windows.net/app.tar.gz?sv=2024&sig=canary-signature",
  ])
    it(`is refused when it carries a secret, which is not told: ${source.replace(/canary/, "…")}`, async () => {
      await assert.rejects(
        preview(source),
        (error) =>
          hasCode(error, "ERR_INPUT_INVALID") &&
          /^source: its URL has a user or parameters.*give the folder/.test(error.message) &&
          !error.message.includes("canary"),
      );
    });

  for (const source of ["ssh://git@github.com/contoso/app.git", "git@github.com:contoso/app.git#main:server"])
    it(`is taken with a user who is no secret: ${source}`, async () => {
      assert.equal((await preview(source)).inputs["sourceLocation"], source);
    });
});
