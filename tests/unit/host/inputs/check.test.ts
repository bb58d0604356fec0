import assert from "node:assert/strict";
import { inputProblems } from "../../../../provider/host/inputs/check";
import { inputShapes } from "../../../../provider/host/inputs/shapes";
import type { PropertyBag } from "../../../../provider/resources/properties/bag";
import { unknownValue } from "../../../../provider/resources/properties/unknown";

const registry = { address: "localhost:5000" };
const target = { registry, repository: "team/server" };
const image = { ...target, platform: "linux/arm64", source: { ociLayout: "out" } };
const index = { ...target, tags: ["1.4.0"], images: [":arm64"] };
const copy = { ...target, tags: [], source: { image: "alpine:3.20" } };

const flat = {
  descriptor: { size: 1 },
  attestationManifests: [],
  address: "localhost:5000",
  repository: "team/server",
};

function problems(kind: string, inputs: PropertyBag, olds: PropertyBag = {}): readonly string[] {
  const shape = inputShapes.resources[kind];
  assert.ok(shape, kind);
  return inputProblems(kind, shape, inputs, olds);
}

type Case = readonly [kind: string, inputs: PropertyBag];

describe("inputs", () => {
  const allowed: Readonly<Record<string, Case>> = {
    "a registry alone": ["Registry", registry],
    "an image from a layout": ["PlatformImage", image],
    "an image whose source is a text": ["PlatformImage", { ...image, source: "alpine:3.20" }],
    "a registry that is a text": ["MultiArchImage", { ...index, registry: "localhost:5000" }],
    "images in every form in which they cross": [
      "MultiArchImage",
      {
        ...index,
        images: [
          ":arm64",
          { image: ":arm64", platform: "linux/arm64", annotations: { a: "" } },
          flat,
          { image: flat, platform: { os: "linux", architecture: "arm64" } },
          { image: "localhost:5000/a:1", digest: "" },
        ],
      },
    ],
    "selected platforms": ["ImportedImage", { ...copy, selectedPlatforms: ["linux/arm64"] }],
    "the names of secret variables": ["PlatformImage", { ...image, secretEnvironment: ["A"] }],
    "what the protocol adds": ["Registry", { ...registry, __provider: "text" }],
    "optional inputs that are null": ["MultiArchImage", { ...index, annotations: null, format: null }],
    "values that are not known yet": [
      "MultiArchImage",
      {
        registry: unknownValue,
        repository: unknownValue,
        tags: [unknownValue],
        images: unknownValue,
        format: unknownValue,
      },
    ],
    "members that are not known yet": [
      "PlatformImage",
      { ...image, source: { files: { "/a": unknownValue, "/b": { path: unknownValue } }, base: unknownValue } },
    ],
  };
  for (const [title, [kind, inputs]] of Object.entries(allowed))
    it(`may be ${title}`, () => assert.deepEqual(problems(kind, inputs), []));

  it("may have the results of the last run, which the option ignoreChanges hands back", () => {
    const results = { digest: "sha256:1", childTags: {} };
    assert.deepEqual(problems("MultiArchImage", { ...index, ...results }, { ...index, ...results }), []);
  });

  const refused: Readonly<Record<string, readonly [...Case, ...messages: string[]]>> = {
    "a name that is nearly right, without asking for the right one beside it": [
      "Registry",
      { adress: "localhost:5000" },
      "adress: a Registry has no input of this name. Did you mean address?",
    ],
    "a name that another tool has": [
      "Registry",
      { ...registry, insecure: true },
      "insecure: a Registry has no input of this name. Did you mean plainHttp?",
    ],
    "a name that is like no other": [
      "Registry",
      { ...registry, colour: 1 },
      "colour: a Registry has no input of this name. Take it out, or choose among address, preflight, credentials, plainHttp, " +
        "caCertificate, clientCertificate, clientKey, authRealms, resourceId and timeoutSeconds.",
    ],
    "an output": [
      "MultiArchImage",
      { ...index, digest: "sha256:1", mediaType: "text" },
      "digest: this is an output of a MultiArchImage, which no program sets. Did you mean expectedDigest?",
      "mediaType: this is an output of a MultiArchImage, which no program sets. Take it out.",
    ],
    "an input that is missing": [
      "ImportedImage",
      { ...copy, repository: undefined },
      "repository: a text is needed, but it is missing. Add it to an ImportedImage.",
    ],
    "a name within an object": [
      "MultiArchImage",
      { ...index, images: [{ image: ":arm64", platfrom: "linux/arm64" }] },
      "images[0].platfrom: images[0] has no member of this name. Did you mean platform?",
    ],
    "a path under the name that the program writes": [
      "ImportedImage",
      { ...copy, selectedPlatforms: "linux/arm64" },
      'platforms: a list of platforms such as "linux/arm64" is needed, but it is a text. Put it in brackets: […].',
    ],
    "a value that is none of those allowed": [
      "MultiArchImage",
      { ...index, onConflict: "overwite" },
      'onConflict: "fail" or "overwrite" is needed, but it is "overwite". Did you mean "overwrite"?',
    ],
    "a member of another form": [
      "PlatformImage",
      { ...image, source: { image: "alpine", compression: "none" } },
      "source: image and compression do not go together; {image, registry?, attestations?, copyReferrers?} is needed. " +
        "Take out what belongs to another form.",
    ],
    "an object that is complete in no form": [
      "Registry",
      { ...registry, credentials: { username: "ci" } },
      "credentials: {username, passwordEnv}, {username, passwordConfig} or {username, password} is needed, but it is an object " +
        "with username. Add what is missing.",
    ],
    "each of several mistakes": [
      "MultiArchImage",
      { ...target, tag: "1.4.0", images: [5, null] },
      "tag: a MultiArchImage has no input of this name. Did you mean tags?",
      "images[0]: {image, platform?, annotations?} or a text is needed, but it is 5. Write it in quotes.",
      "images[1]: {image, platform?, annotations?} or a text is needed, but it is missing. Give it, or take it out.",
    ],
  };
  for (const [title, [kind, inputs, ...messages]] of Object.entries(refused))
    it(`are refused for ${title}`, () => assert.deepEqual(problems(kind, inputs), messages));

  it("security row 15: are refused without their values, which may be secret", () => {
    const inputs = {
      ...registry,
      credentials: "canary",
      clientKey: ["canary"],
      plainHttp: "canary",
      passwrd: "canary",
    };
    const found = problems("Registry", inputs);
    assert.equal(found.length, 4);
    assert.deepEqual(
      found.filter((message) => message.includes("canary")),
      [],
    );
  });

  it("are refused under every name of every resource for a value of no input's type", () => {
    const never = Symbol("never");
    for (const [kind, { required, optional }] of Object.entries(inputShapes.resources))
      for (const name of [...Object.keys(required), ...Object.keys(optional)])
        assert.equal(
          problems(kind, { [name]: never }).some((message) => message.includes("is needed, but it is Symbol")),
          true,
          `${kind}.${name}`,
        );
  });
});
