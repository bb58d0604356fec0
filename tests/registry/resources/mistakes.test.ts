import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { registryLifecycle } from "../../../provider/resources/registry";
import { type Certificates, makeCertificates } from "../../support/certificates";
import { startProcess } from "../../support/context";
import { binaryFor } from "../../support/images";
import { type Layout, makeLayout } from "../../support/layouts";
import { forEachDistribution, forEachRegistry } from "../../support/registries";
import { multiArchImage, platformImage, type Resource, resource } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import type { SeededImage } from "./seed";

/** What one mistake is made in. */
interface Place {
  readonly repository: TestRepository;
  /** An image for linux/arm64 that is there. */
  readonly image: SeededImage;
  /** The folder of an image for linux/amd64. */
  readonly layout: string;
}

interface Mistake {
  readonly title: string;
  /** What is previewed. */
  declare(place: Place): readonly [Resource, PropertyBag];
  /** The input's path, with which the message begins; what was found; and what to do. */
  readonly told: readonly [path: string, found: RegExp, remedy: RegExp];
}

const registry = () => resource(registryLifecycle, "wrong");
const arm64From = ({ repository }: Place, source: PropertyBag) =>
  [platformImage(), { ...repository.target, platform: "linux/arm64", source }] as const;
const indexOver = ({ repository }: Place, image: string, more: PropertyBag = {}) =>
  [multiArchImage(), { ...repository.target, tags: ["1.4.0"], images: [image], ...more }] as const;

const mistakes: readonly Mistake[] = [
  {
    title: "an image whose config names another platform than declared",
    declare: (place) => arm64From(place, { ociLayout: place.layout }),
    told: [
      "platform",
      /linux\/arm64 is declared, but .*config says linux\/amd64/,
      /Declare the platform that it was built for/,
    ],
  },
  {
    title: "a file that is not there",
    declare: (place) => arm64From(place, { files: { "/usr/bin/server": "out/arm64/server" } }),
    told: [
      "source",
      /\/out\/arm64\/server cannot be opened: there is no such file/,
      /Build it first, or correct the path/,
    ],
  },
  {
    title: "a reference that is none",
    declare: (place) => indexOver(place, "Team/Server:1.4.0"),
    told: [
      "images[0]",
      /"Team\/Server:1\.4\.0" is not an image reference: a repository name is in lower case/,
      /The form is \[host\[:port\]\/\]repository/,
    ],
  },
  {
    title: "a reference to what is not there",
    declare: (place) => indexOver(place, ":absent"),
    told: ["images[0]", /localhost:\d+\/\S+:absent is not there/, /Push it first, or correct the reference/],
  },
  {
    title: "an index that is too large for registries",
    declare: (place) =>
      indexOver(place, `@${place.image.digest}`, { annotations: { text: "x".repeat(4 * 1024 * 1024) } }),
    told: [
      "images",
      /the index would have 419\d{4} bytes; registries accept 4194304/,
      /Take out images or shorten the annotations/,
    ],
  },
  {
    title: "an address at which nothing listens",
    declare: () => [registry(), { address: "localhost:1" }],
    told: ["address", /nothing listens on localhost:1/, /Check that it runs/],
  },
  {
    title: "a host name that nobody knows",
    declare: () => [registry(), { address: "registry.invalid" }],
    // A machine without a name server cannot tell that there is no such name.
    told: [
      "address",
      /the host name is not known \(registry\.invalid|the name server did not answer/,
      /Check the (spelling|network)/,
    ],
  },
];

async function assertTold(
  [wrong, program]: readonly [Resource, PropertyBag],
  [path, found, remedy]: Mistake["told"],
): Promise<void> {
  await assert.rejects(wrong.preview(program, startProcess({ directory: tmpdir() })), ({ message }: Error) => {
    assert.ok(message.startsWith(path), message);
    assert.match(message, new RegExp(`^.*(${found.source}).*(${remedy.source}).*$`));
    return true;
  });
}

forEachRegistry("a mistake in a program", (of) => {
  let layout: Layout;
  let place: Place;
  before(async () => {
    layout = makeLayout();
    layout.publish(layout.image({ platform: { os: "linux", architecture: "amd64" }, bareDescriptor: true }));
    const repository = newTestRepository(of());
    place = { repository, image: await repository.image("linux/arm64"), layout: layout.directory };
  });
  after(() => layout.remove());

  for (const { title, declare, told } of mistakes) {
    it(`fails the preview with one sentence that names input, finding and remedy: ${title}`, () =>
      assertTold(declare(place), told));
  }
});

forEachDistribution(
  "a wrong password for an image without a tag",
  () => ({ htpasswd: { username: "ci", password: "canary-right" } }),
  (of) => {
    it("fails the preview with one sentence that names input, finding and remedy", async () => {
      const { address } = of();
      const target = {
        registry: { address, credentials: { username: "ci", password: "canary-wrong" } },
        repository: "team/server",
      };
      const source = { files: { "/usr/bin/server": binaryFor("linux/arm64") } };
      await assertTold(
        [platformImage(), { ...target, platform: "linux/arm64", source }],
        [
          "registry.credentials",
          /401: localhost:\d+ refuses .*user "ci"/,
          /docker login localhost:\d+.* or set `credentials`/,
        ],
      );
    });
  },
);

let certificates: Certificates;
const withTls = () => {
  certificates = makeCertificates();
  return { tls: certificates };
};

forEachDistribution("a registry with a certificate of an authority that is not trusted", withTls, (of) => {
  it("fails the preview with one sentence that names input, finding and remedy", () =>
    assertTold(
      [registry(), { address: of().address, plainHttp: false }],
      [
        "caCertificate",
        /the certificate of localhost:\d+ is not trusted/,
        /Set caCertificate to the PEM of the authority/,
      ],
    ));

  it("is taken when the authority is given", async () => {
    const program = { address: of().address, plainHttp: false, caCertificate: certificates.ca };
    assert.equal((await registry().preview(program)).inputs["apiVersion"], "registry/2.0");
  });
});
