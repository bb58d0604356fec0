import { binaryFor } from "../support/images";

/** What {@link serverProgram} says. */
export interface ServerProgram {
  /** The registry's `host:port`. */
  readonly address: string;
  readonly repository?: string;
  readonly tags?: readonly string[];
  /** Local executables by platform; by default the real ones for linux/amd64 and linux/arm64. */
  readonly binaries?: Readonly<Record<string, string>>;
  /** Further arguments of the MultiArchImage. */
  readonly index?: Readonly<Record<string, unknown>>;
  /** The name of the MultiArchImage. */
  readonly name?: string;
}

/** The text of a program: the package, the values as constants of these names, and the body. */
export function programText(values: Readonly<Record<string, unknown>>, body: string): string {
  const constants = Object.entries(values).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`);
  return [
    'const pulumi = require("@pulumi/pulumi");',
    'const multiarch = require("pulumi-multiarch");',
    ...constants,
    body,
  ].join("\n");
}

/** The program that people write: an image from each binary, and an index over them. */
export function serverProgram({
  address,
  repository = "team/server",
  tags = ["1.4.0", "latest"],
  binaries = binariesFor("linux/amd64", "linux/arm64"),
  index = {},
  name = "server",
}: ServerProgram): string {
  return programText(
    { address, repository, tags, binaries, index, name },
    `
const registry = new multiarch.Registry("registry", { address });
const images = Object.entries(binaries).map(([platform, file]) =>
  new multiarch.PlatformImage("server-" + platform, {
    registry, repository, platform,
    source: { files: { "/usr/bin/server": file }, config: { entrypoint: ["/usr/bin/server"] } },
  }));
const server = new multiarch.MultiArchImage(name, { registry, repository, tags, images, ...index });
exports.ref = server.ref;
exports.tagRefs = server.tagRefs;
`,
  );
}

/** Real executables by platform. */
export function binariesFor(...platforms: readonly string[]): Record<string, string> {
  return Object.fromEntries(platforms.map((platform) => [platform, binaryFor(platform)]));
}
