import assert from "node:assert/strict";
import { binaryFor } from "../support/images";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { diagnostics } from "./plan";
import { programText } from "./programs";

/** What the programs below speak of. */
interface World {
  readonly open: string;
  readonly locked: string;
}

interface Mistake {
  readonly title: string;
  /** The body of the program; it makes one mistake, on the resource `wrong`. */
  readonly body: string;
  readonly type: "Registry" | "PlatformImage" | "MultiArchImage";
  /** The input's path, with which the message begins. */
  readonly path: string;
  /** What was found. */
  readonly found: RegExp;
  /** What to do. */
  readonly remedy: RegExp;
}

const helpers = `
const common = { registry: world.open, repository: "team/server" };
const image = (name, file, path = "/usr/bin/server") =>
  new multiarch.PlatformImage(name, { ...common, platform: "linux/arm64", source: { files: { [path]: file } } });
`;

/** One mistake for each type, for how Pulumi tells it. Further ones are in `tests/registry/resources/mistakes.test.ts`. */
const mistakes: readonly Mistake[] = [
  {
    title: "an executable for another platform than declared",
    body: `image("wrong", amd64);`,
    type: "PlatformImage",
    path: 'source.files["/usr/bin/server"]',
    found: /linux\/arm64 is declared, but the header of .*\/esbuild says linux\/amd64/,
    remedy: /Declare the platform that it was built for/,
  },
  {
    title: "two images for one platform",
    body: `
const images = [image("a", arm64), image("b", arm64, "/usr/bin/other")];
new multiarch.MultiArchImage("wrong", { ...common, tags: ["1.4.0"], images });`,
    type: "MultiArchImage",
    path: "images[0] and images[1]",
    found: /both for linux\/arm64/,
    remedy: /take one of them out, or declare what tells them apart/,
  },
  {
    title: "a wrong password",
    body: `new multiarch.Registry("wrong", { address: world.locked, credentials: { username: "ci", password: "canary-wrong" } });`,
    type: "Registry",
    path: "credentials",
    found: /401: localhost:\d+ refuses .*user "ci"/,
    remedy: /docker login localhost:\d+.* or set `credentials`/,
  },
];

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

describe("a mistake in a program", function () {
  this.timeout(180_000);
  let registries: readonly LocalRegistry[];
  let stack: Stack;
  let world: World;

  const preview = async (body: string): Promise<CommandResult> => {
    const files = { amd64: binaryFor("linux/amd64"), arm64: binaryFor("linux/arm64") };
    await stack.setProgram(programText({ world, ...files }, helpers + body));
    return stack.preview();
  };

  before(async () => {
    const htpasswd = { username: "ci", password: "canary-right" };
    const [open, locked] = await Promise.all([startRegistry({ version: 3 }), startRegistry({ version: 3, htpasswd })]);
    registries = [open, locked];
    world = { open: open.address, locked: locked.address };
    stack = await createStack({ program: "" });
  });
  after(async () => {
    await stack.dispose();
    await Promise.all(registries.map((registry) => registry.stop()));
  });

  for (const { title, body, type, path, found, remedy } of mistakes) {
    it(`fails the preview with one sentence that names input, finding and remedy: ${title}`, async () => {
      const name = `pulumi-nodejs:dynamic/multiarch:${type}`;
      const start = `  ${name} (wrong):\n    error: ${name} resource 'wrong' has a problem: ${path}`;
      const sentence = new RegExp(`^${literally(start)}.*${found.source}.*${remedy.source}.*$`);
      assert.match(diagnostics(await preview(body)), sentence);
    });
  }
});
