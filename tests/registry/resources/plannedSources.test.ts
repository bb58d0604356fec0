import assert from "node:assert/strict";
import { importedImageLifecycle } from "../../../provider/resources/importedImage/lifecycle";
import type { Lifecycle } from "../../../provider/resources/lifecycle";
import { multiArchImageLifecycle } from "../../../provider/resources/multiArchImage/lifecycle";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { startProcess } from "../../support/context";
import { forEachRegistry } from "../../support/registries";
import { resource } from "./engine";
import { type Fault, suiteFaultProxy } from "./faultProxy";
import { newTestRepository, type TestRepository } from "./repository";

const kinds: readonly [string, Lifecycle, string, (source: string) => PropertyBag][] = [
  ["an index", multiArchImageLifecycle, "images[0]", (source) => ({ images: [source] })],
  ["an imported image", importedImageLifecycle, "source.image", (image) => ({ source: { image } })],
];

for (const [kind, lifecycle, path, declare] of kinds) {
  forEachRegistry(`${kind} that is made of a tag of others`, (registry) => {
    const proxy = suiteFaultProxy(registry);
    let ours: TestRepository;
    let theirs: TestRepository;
    beforeEach(() => {
      [ours, theirs] = [newTestRepository(proxy), newTestRepository(proxy)];
    });

    /** Plans, lets something happen and so many seconds pass, and creates what was planned. */
    async function plannedAndCreated(seconds: number, happening: () => unknown, more: PropertyBag = {}) {
      const { digest: source } = await theirs.image("linux/amd64", { tag: "built" });
      const program = { ...ours.target, tags: ["1.0"], ...declare(`${proxy.address}/${theirs.name}:built`), ...more };
      const process = startProcess();
      const { inputs } = await resource(lifecycle, "server").preview(program, process);
      await happening();
      process.clock.advance(seconds);
      const created = lifecycle.create(process.context, inputs);
      return { source, planned: inputs["digest"], created };
    }

    const moveTag = () => theirs.image("linux/amd64", { tag: "built" });
    /** What becomes of the looks at the tag from now on. @returns the looks. */
    const fromNowOn = (fault?: Fault) => {
      const looks: string[] = [];
      proxy.fail((method, requested) => {
        if (requested !== `/v2/${theirs.name}/manifests/built`) return undefined;
        looks.push(method);
        return fault;
      });
      return looks;
    };

    it("is refused before anything is written when the tag was moved after the plan", async () => {
      const { source, created } = await plannedAndCreated(2, moveTag);
      await assert.rejects(created, (error) => {
        assert.equal(Object(error).code, "ERR_DIGEST_MISMATCH");
        const { message } = Object(error);
        assert.ok(message.startsWith(`${path}: ${proxy.address}/${theirs.name}:built named ${source} when`), message);
        return true;
      });
      assert.deepEqual([await ours.digestAt(source), await ours.digestAt("1.0")], [undefined, undefined]);
    });

    it("is written as planned when the tag is gone: its image is known by its digest", async () => {
      const { planned, created } = await plannedAndCreated(2, () => fromNowOn({ status: 404 }));
      await created;
      assert.equal(await ours.digestAt("1.0"), planned);
    });

    it("is written as planned when the tag cannot be asked for", async () => {
      const { planned, created } = await plannedAndCreated(2, () => fromNowOn({ status: 503 }));
      await created;
      assert.equal(await ours.digestAt("1.0"), planned);
    });

    it("looks at the tag once more when the plan's look is older than a second", async () => {
      let looks: readonly string[] = [];
      const { created } = await plannedAndCreated(2, () => {
        looks = fromNowOn();
      });
      await created;
      assert.deepEqual(looks, ["HEAD"]);
    });

    it("does not look again within a second", async () => {
      let looks: readonly string[] = [];
      const { created } = await plannedAndCreated(1, () => {
        looks = fromNowOn();
      });
      await created;
      assert.deepEqual(looks, []);
    });

    if (lifecycle === importedImageLifecycle) {
      it("is written as planned with `follow: false`, wherever the tag was moved", async () => {
        const { planned, created } = await plannedAndCreated(2, moveTag, { follow: false });
        await created;
        assert.equal(await ours.digestAt("1.0"), planned);
      });
    }
  });
}
