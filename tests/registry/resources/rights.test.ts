import assert from "node:assert/strict";
import { startProcess } from "../../support/context";
import { forEachDistribution } from "../../support/registries";
import { actionsOf, startReaderAndWriter, type TokenServer } from "../../support/tokenServer";
import { multiArchImage, platformImage } from "./engine";
import { scripts } from "./scripts";

const repository = "team/server";

let tokens: TokenServer;
const withTokens = async () => {
  tokens = await startReaderAndWriter(repository);
  return { token: tokens.settings };
};

forEachDistribution("the rights that a token server is asked for", withTokens, (registry) => {
  const files = scripts();
  after(() => tokens.stop());
  beforeEach(() => tokens.reset());

  const environment = { WRITER: "writer", WRITER_PASSWORD: "writer's" };
  const start = () => startProcess({ environment });
  const reader = { username: "reader", password: "reader's" };
  const writer = { usernameEnv: "WRITER", passwordEnv: "WRITER_PASSWORD" };
  const targetOf = (credentials: object) => ({ registry: { address: registry().address, credentials }, repository });
  const imageOf = (credentials: object) => ({
    ...targetOf(credentials),
    tag: "amd64",
    platform: "linux/amd64",
    source: files.source(),
  });
  const indexOf = (credentials: object) => ({ ...targetOf(credentials), tags: ["1.0"], images: [":amd64"] });
  const actions = () => {
    return [...actionsOf(tokens.requests)].sort();
  };

  it("are to pull in preview, which works without any other", async () => {
    const { inputs } = await platformImage().preview(imageOf(reader));
    assert.match(String(inputs["digest"]), /^sha256:/);
    assert.deepEqual(actions(), ["pull"]);
  });

  it("are named with the user in the error of an update by somebody who may only pull", async () => {
    await assert.rejects(platformImage().up(imageOf(reader)), /reader/);
  });

  it("are to pull and push in an update, and to delete in a destruction", async () => {
    const [image, index] = [platformImage(), multiArchImage()];
    await image.up(imageOf(writer), start());
    await index.up(indexOf(writer), start());
    assert.deepEqual(actions(), ["pull", "push"]);
    tokens.reset();
    await index.destroy(start());
    await image.destroy(start());
    assert.deepEqual(actions(), ["delete", "pull", "push"]);
  });
});
