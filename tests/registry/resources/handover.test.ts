import assert from "node:assert/strict";
import { startProcess } from "../../support/context";
import { type LocalRegistry, startRegistry } from "../../support/registries";
import { platformImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";

describe("a tag that leaves one resource and is listed for another", function () {
  this.timeout(30_000);
  let registry: LocalRegistry;
  let place: TestRepository;
  before(async () => {
    registry = await startRegistry({ version: 3 });
  });
  after(() => registry.stop());
  beforeEach(() => {
    place = newTestRepository(registry);
  });

  const program = async (content: string, tag: string) => ({
    registry: { address: registry.address },
    repository: place.name,
    platform: "linux/amd64",
    source: {
      image: `${registry.address}/${place.name}@${(await place.image("linux/amd64", { content: Buffer.from(content) })).digest}`,
    },
    tag,
    onUnlist: "untag",
  });

  /** Two images, of which the first has the tag 1.0, and a process in which that one was just checked without it. */
  async function movingTag() {
    const [earlier, later] = [platformImage("earlier"), platformImage("later")];
    await earlier.up(await program("earlier", "1.0"));
    await later.up(await program("later", "2.0"));
    const process = startProcess();
    await earlier.preview(await program("earlier", "0.9"), process);
    return { earlier, later, process };
  }

  it("is taken over by it, and stays when the first one's update ends after it", async () => {
    const { earlier, later, process } = await movingTag();
    const { digest, createdTags } = await later.up(await program("later", "1.0"), process);
    await earlier.up(await program("earlier", "0.9"), process);
    assert.equal(await place.digestAt("1.0"), digest);
    assert.deepEqual(createdTags, ["1.0"]);
    await later.destroy();
    assert.equal(await place.digestAt("1.0"), undefined);
  });

  it("is a stranger's all the same when it names another digest than the first one put there", async () => {
    const { later, process } = await movingTag();
    await place.moveTag("1.0");
    await assert.rejects(later.up(await program("later", "1.0"), process), /1\.0 is not ours/);
  });

  it("is not taken over as long as the first one has not been checked", async () => {
    const { later } = await movingTag();
    await assert.rejects(later.up(await program("later", "1.0"), startProcess()), /1\.0 is not ours/);
  });
});
