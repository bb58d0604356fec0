import assert from "node:assert/strict";
import { type Certificates, makeCertificates } from "../support/certificates";
import { binaryFor } from "../support/images";
import { type Layout, makeLayout } from "../support/layouts";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { freePort, type LocalRegistry, startRegistry } from "../support/registries";
import { crane } from "./clients";
import { diagnostics, succeeding } from "./plan";
import { programText } from "./programs";

/** What the programs below speak of. */
interface World {
  readonly open: string;
  readonly locked: string;
  readonly secure: string;
  /** A port on which nothing listens. */
  readonly silent: string;
  readonly layout: string;
  readonly ca: string;
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
const repository = "team/server";
const image = (name, platform, file, registry = world.open) =>
  new multiarch.PlatformImage(name, { registry, repository, platform, source: { files: { "/usr/bin/server": file } } });
const index = (images, more) =>
  new multiarch.MultiArchImage("wrong", { registry: world.open, repository, tags: ["1.4.0"], images, ...more });
`;

const mistakes: readonly Mistake[] = [
  {
    title: "an executable for another platform than declared",
    body: `image("wrong", "linux/arm64", amd64);`,
    type: "PlatformImage",
    path: 'source.files["/usr/bin/server"]',
    found: /linux\/arm64 is declared, but the header of .*\/esbuild says linux\/amd64/,
    remedy: /Declare the platform that it was built for/,
  },
  {
    title: "an image whose config names another platform than declared",
    body: `new multiarch.PlatformImage("wrong", { registry: world.open, repository, platform: "linux/arm64", source: { ociLayout: world.layout } });`,
    type: "PlatformImage",
    path: "platform",
    found: /linux\/arm64 is declared, but .*config says linux\/amd64/,
    remedy: /Declare the platform that it was built for/,
  },
  {
    title: "two images for one platform",
    body: `index([image("a", "linux/arm64", arm64), new multiarch.PlatformImage("b", { registry: world.open, repository, platform: "linux/arm64", source: { files: { "/usr/bin/other": arm64 } } })]);`,
    type: "MultiArchImage",
    path: "images[0] and images[1]",
    found: /both for linux\/arm64/,
    remedy: /take one of them out, or declare what tells them apart/,
  },
  {
    title: "a file that is not there",
    body: `image("wrong", "linux/arm64", "out/arm64/server");`,
    type: "PlatformImage",
    path: "source",
    found: /\/program\/out\/arm64\/server cannot be opened: there is no such file/,
    remedy: /Build it first, or correct the path/,
  },
  {
    title: "a reference that is none",
    body: `index(["Team/Server:1.4.0"]);`,
    type: "MultiArchImage",
    path: "images[0]",
    found: /"Team\/Server:1\.4\.0" is not an image reference: a repository name is in lower case/,
    remedy: /The form is \[host\[:port\]\/\]repository/,
  },
  {
    title: "a reference to what is not there",
    body: `index([":absent"]);`,
    type: "MultiArchImage",
    path: "images[0]",
    found: /localhost:\d+\/team\/server:absent is not there/,
    remedy: /Push it first, or correct the reference/,
  },
  {
    title: "an address at which nothing listens",
    body: `new multiarch.Registry("wrong", { address: world.silent });`,
    type: "Registry",
    path: "address",
    found: /nothing listens on localhost:\d+/,
    remedy: /Check that it runs/,
  },
  {
    title: "a host name that nobody knows",
    body: `new multiarch.Registry("wrong", { address: "registry.invalid" });`,
    type: "Registry",
    path: "address",
    // A machine without a name server cannot tell that there is no such name.
    found: /the host name is not known \(registry\.invalid|the name server did not answer/,
    remedy: /Check the (spelling|network)/,
  },
  {
    title: "a wrong password",
    body: `new multiarch.Registry("wrong", { address: world.locked, credentials: { username: "ci", password: "canary-wrong" } });`,
    type: "Registry",
    path: "credentials",
    found: /401: localhost:\d+ refuses .*user "ci"/,
    remedy: /docker login localhost:\d+.* or set `credentials`/,
  },
  {
    title: "a wrong password where only the index looks at the registry",
    body: `
const registry = { address: world.locked, credentials: { username: "ci", password: "canary-wrong" } };
index([image("a", "linux/arm64", arm64, registry)], { registry });`,
    type: "MultiArchImage",
    path: "registry.credentials",
    found: /401: localhost:\d+ refuses .*user "ci"/,
    remedy: /docker login localhost:\d+.* or set `credentials`/,
  },
  {
    title: "a certificate of an authority that is not trusted",
    body: `new multiarch.Registry("wrong", { address: world.secure, plainHttp: false });`,
    type: "Registry",
    path: "caCertificate",
    found: /the certificate of localhost:\d+ is not trusted/,
    remedy: /Set caCertificate to the PEM of the authority/,
  },
  {
    title: "an index that is too large for registries",
    body: `index([image("a", "linux/arm64", arm64)], { annotations: { text: "x".repeat(4 * 1024 * 1024) } });`,
    type: "MultiArchImage",
    path: "images",
    found: /the index would have 419\d{4} bytes; registries accept 4194304/,
    remedy: /Take out images or shorten the annotations/,
  },
  {
    title: "a tag that somebody else holds",
    body: `index([image("a", "linux/arm64", arm64)], { repository: "taken", tags: ["stable"] });`,
    type: "MultiArchImage",
    path: "tags",
    found: /the tag localhost:\d+\/taken:stable is not ours and names sha256:[0-9a-f]{64} \(an image,/,
    remedy: /Choose another tag, remove that one, or set onConflict: "overwrite"/,
  },
];

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

describe("a mistake in a program", function () {
  this.timeout(180_000);
  let certificates: Certificates;
  let registries: readonly LocalRegistry[];
  let layout: Layout;
  let stack: Stack;
  let world: World;

  const preview = async (body: string): Promise<CommandResult> => {
    const files = { amd64: binaryFor("linux/amd64"), arm64: binaryFor("linux/arm64") };
    await stack.setProgram(programText({ world, ...files }, helpers + body));
    return stack.preview();
  };

  before(async () => {
    certificates = makeCertificates();
    const htpasswd = { username: "ci", password: "canary-right" };
    const [open, locked, secure] = await Promise.all([
      startRegistry({ version: 3 }),
      startRegistry({ version: 3, htpasswd }),
      startRegistry({ version: 3, tls: certificates }),
    ]);
    registries = [open, locked, secure];
    layout = makeLayout();
    layout.publish(layout.image({ platform: { os: "linux", architecture: "amd64" }, bareDescriptor: true }));
    await crane("append", "--oci-empty-base", "--new_layer", "/dev/null", "--new_tag", `${open.address}/taken:stable`);
    world = {
      open: open.address,
      locked: locked.address,
      secure: secure.address,
      silent: `localhost:${await freePort()}`,
      layout: layout.directory,
      ca: certificates.ca,
    };
    stack = await createStack({ program: "" });
  });
  after(async () => {
    await stack.dispose();
    await Promise.all(registries.map((registry) => registry.stop()));
    layout.remove();
  });

  for (const { title, body, type, path, found, remedy } of mistakes) {
    it(`fails the preview with one sentence that names input, finding and remedy: ${title}`, async () => {
      const name = `pulumi-nodejs:dynamic/multiarch:${type}`;
      const start = `  ${name} (wrong):\n    error: ${name} resource 'wrong' has a problem: ${path}`;
      const sentence = new RegExp(`^${literally(start)}.*${found.source}.*${remedy.source}.*$`);
      assert.match(diagnostics(await preview(body)), sentence);
    });
  }

  it("is none when the certificate's authority is given", async () => {
    await succeeding(
      preview(`new multiarch.Registry("right", { address: world.secure, plainHttp: false, caCertificate: world.ca });`),
    );
  });
});
