import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasCode } from "../../../provider/errors";
import { acrRunLifecycle } from "../../../provider/resources/acrRun/lifecycle";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { acrTaskYaml } from "../../../sdk/azure/taskYaml";
import { logPath } from "../../azure/armTasks";
import { type SilentServer, startSilentServer } from "../../azure/silentServer";
import { type AzureStandIn, azureClock, buildClock, secretCanary, startAzure } from "../../azure/world";
import { startProcess } from "../../support/context";
import { type LocalRegistry, startRegistry } from "../../support/registries";
import { resource } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";

const platforms = ["linux/amd64", "linux/arm64"];
const tagOf = (platform: string) => `1.0-${platform.replace("/", "-")}`;

describe("a run of ACR Tasks", function () {
  this.timeout(30_000);
  let registry: LocalRegistry;
  let azure: AzureStandIn;
  let folder: string;
  let place: TestRepository;

  before(async () => {
    registry = await startRegistry({ version: 3 });
    azure = await startAzure({ registries: [{ name: "example", loginServer: registry.address, url: registry.url }] });
  });
  after(async () => {
    await azure.stop();
    await registry.stop();
  });
  beforeEach(async () => {
    place = newTestRepository(registry);
    folder = await mkdtemp(join(tmpdir(), "multiarch-run-"));
    await writeFile(join(folder, "Dockerfile"), "FROM scratch\nARG TARGETARCH\nCOPY server-$TARGETARCH /server\n");
    for (const arch of ["amd64", "arm64"]) await writeFile(join(folder, `server-${arch}`), `${arch} of ${place.name}`);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const newProcess = (clock = buildClock(azure)) =>
    startProcess({ environment: azure.environment, clock, directory: folder });
  const program = (more: PropertyBag = {}): PropertyBag => ({
    registry: { address: registry.address, resourceId: azure.arm.registryId("example") },
    repository: place.name,
    task: acrTaskYaml({
      repository: place.name,
      tag: "1.0-{os}-{arch}",
      platforms: Object.fromEntries(platforms.map((platform) => [platform, {}])),
    }),
    images: Object.fromEntries(platforms.map((name) => [name, { tag: tagOf(name), dockerfile: "Dockerfile" }])),
    source: ".",
    ...more,
  });
  const newRun = () => resource(acrRunLifecycle, "server", "AcrRun");

  it("tells the digest of each platform's image", async () => {
    const { digests } = await newRun().up(program(), newProcess());
    const there = await Promise.all(platforms.map((platform) => place.digestAt(tagOf(platform))));
    assert.deepEqual(digests, Object.fromEntries(platforms.map((platform, index) => [platform, there[index]])));
  });

  it("is made again for a trigger that changed, and not for other credentials", async () => {
    const run = newRun();
    const first = await run.up(program(), newProcess());
    const credentials = { azure: { method: "clientSecret" } };
    const registryWith = { ...Object(program()["registry"]), credentials };
    const second = await run.up(program({ registry: registryWith }), newProcess());
    const third = await run.up(program({ registry: registryWith, triggers: { commit: "2" } }), newProcess());
    assert.equal(second["runId"], first["runId"]);
    assert.notEqual(third["runId"], first["runId"]);
  });

  it("refuses in preview a tag that somebody else holds, unless it is told to overwrite it", async () => {
    await place.moveTag("1.0-linux-amd64");
    await assert.rejects(newRun().preview(program(), newProcess()), /1\.0-linux-amd64 is not ours/);
    await newRun().up(program({ onConflict: "overwrite" }), newProcess());
  });

  it("refuses in preview a registry without a resource id", async () => {
    const preview = newRun().preview(program({ registry: { address: registry.address } }), newProcess());
    await assert.rejects(preview, /registry\.resourceId: it is missing/);
  });

  it("fails before it runs when the source has changed since the preview", async () => {
    const { length } = [...azure.arm.runs];
    const process = newProcess();
    const { inputs } = await newRun().preview(program(), process);
    await writeFile(join(folder, "server-amd64"), "changed");
    await assert.rejects(acrRunLifecycle.create(process.context, inputs), (error) =>
      hasCode(error, "ERR_SOURCE_UNAVAILABLE"),
    );
    assert.equal([...azure.arm.runs].length, length);
  });

  it("tells by a refresh of a tag that was moved, and builds again", async () => {
    const run = newRun();
    await run.up(program(), newProcess());
    const moved = await place.moveTag("1.0-linux-arm64");
    const refreshed = await run.refresh(newProcess());
    assert.deepEqual(refreshed?.["drift"], { "1.0-linux-arm64": moved });
    const { digests } = await run.up(program(), newProcess());
    assert.equal(await place.digestAt("1.0-linux-arm64"), Object(digests)["linux/arm64"]);
  });

  describe("that goes on for too long", () => {
    let silent: SilentServer;
    beforeEach(async () => {
      silent = await startSilentServer();
    });
    afterEach(() => silent.stop());

    const endless = (more: PropertyBag = {}) =>
      program({ source: `${silent.url}/app.tar.gz`, timeoutSeconds: 60, ...more });

    it("is left half an hour after its time-out with an error, and the next up runs again", async () => {
      const run = newRun();
      await assert.rejects(run.up(endless(), newProcess(azureClock())), /of ACR Tasks had not ended after 31 minutes/);
      const { digests } = await run.up(program({ timeoutSeconds: 60 }), newProcess());
      assert.equal(await place.digestAt("1.0-linux-arm64"), Object(digests)["linux/arm64"]);
    });

    it("tells what it had said when Azure ends it", async () => {
      const process = newProcess(azureClock());
      const { sleep } = process.clock;
      process.clock.sleep = async (milliseconds) => {
        await sleep(milliseconds);
        const run = [...azure.arm.runs.values()].at(-1);
        if (run === undefined) return;
        azure.arm.storage.append(logPath(run.id), "Step 1/2 : FROM scratch\n");
        run.status = "Timeout";
      };
      await assert.rejects(
        newRun().up(endless(), process),
        /The run ca\d+ of ACR Tasks for \S+ ended with Timeout\. Its log ends:\nStep 1\/2 : FROM scratch/,
      );
    });
  });

  it("removes at its end what onDelete says", async () => {
    const run = newRun();
    const { digests } = await run.up(program({ onDelete: "delete" }), newProcess());
    await run.destroy(newProcess());
    const left = Object.values(Object(digests)).map((digest) => place.digestAt(String(digest)));
    assert.deepEqual(await Promise.all(left), [undefined, undefined]);
  });

  it("keeps no secret", async () => {
    const run = newRun();
    await run.up(program(), newProcess());
    assert.doesNotMatch(JSON.stringify(run.kept), new RegExp(secretCanary));
  });
});
