import assert from "node:assert/strict";
import { changePassword } from "../../support/accounts";
import { startProcess } from "../../support/context";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { forEachDistribution } from "../../support/registries";
import { uniqueName } from "../distribution/content";
import { multiArchImage, platformImage } from "./engine";
import { scripts } from "./scripts";

const username = "ci";

forEachDistribution(
  "a password that is rotated",
  () => ({ htpasswd: { username, password: "first" } }),
  (registry) => {
    const files = scripts();
    let proxy: CountingProxy;
    let repository: string;
    before(async () => {
      proxy = await countingProxy(registry().address);
    });
    after(() => proxy.stop());
    beforeEach(async () => {
      repository = uniqueName();
      await changePassword(registry(), username, "first");
    });

    /** A process whose environment, in docker's way, has a login. */
    const start = (password: string) => {
      const auth = Buffer.from(`${username}:${password}`).toString("base64");
      const environment = {
        DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [proxy.address]: { auth } } }),
        PASSWORD: password,
      };
      return startProcess({ environment });
    };
    const targetOf = (credentials?: object) => ({
      registry: { address: proxy.address, ...(credentials && { credentials }) },
      repository,
    });

    async function pushed(credentials?: object) {
      const [image, index] = [platformImage(), multiArchImage()];
      const source = files.source();
      const programs = (given = credentials) => ({
        image: { ...targetOf(given), tag: "amd64", platform: "linux/amd64", source },
        index: { ...targetOf(given), tags: ["1.0"], images: [":amd64"] },
      });
      const { image: declared, index: listed } = programs();
      await image.up(declared, start("first"));
      await index.up(listed, start("first"));
      return { image, index, programs };
    }

    it("is tried from the environment by refresh and destroy, where the one in the state has expired", async () => {
      const { image, index } = await pushed({ username, password: "first" });
      await changePassword(registry(), username, "second");
      for (const resource of [index, image]) {
        assert.equal((await resource.refresh(start("second")))?.["drift"], undefined);
        await resource.destroy(start("second"));
        assert.equal(resource.kept, undefined);
      }
    });

    for (const [where, credentials] of [
      ["the environment's login", undefined],
      ["a variable that the program names", { username, passwordEnv: "PASSWORD" }],
    ] as const) {
      it(`is no change in ${where}`, async () => {
        const { image, index, programs } = await pushed(credentials);
        await changePassword(registry(), username, "second");
        assert.equal((await image.preview(programs().image, start("second"))).changes, false);
        assert.equal((await index.preview(programs().index, start("second"))).changes, false);
      });
    }

    it("is an update that writes nothing where the program has it", async () => {
      const { image, index, programs } = await pushed({ username, password: "first" });
      await changePassword(registry(), username, "second");
      const next = programs({ username, password: "second" });
      assert.equal((await image.preview(next.image, start("second"))).changes, true);
      proxy.reset();
      await image.up(next.image, start("second"));
      await index.up(next.index, start("second"));
      assert.deepEqual([...new Set(proxy.requests.map(({ method }) => method))], ["HEAD"]);
      assert.equal((await index.preview(next.index, start("second"))).changes, false);
    });
  },
);
