import assert from "node:assert/strict";
import { binaryFor } from "../support/images";
import { createStack, type Stack } from "../support/pulumi";
import { diagnostics } from "./plan";
import { programText } from "./programs";

/** The message of the preview about one mistake. */
interface Mistake {
  readonly title: string;
  /** The input's path, with which the message begins. */
  readonly path: string;
  /** The problem, its reason and its remedy. */
  readonly says: readonly [what: RegExp, why: RegExp, remedy: RegExp];
}

/** A program with one resource, which makes mistakes. */
interface Program {
  readonly title: string;
  /** Its body in JavaScript. */
  readonly body: string;
  readonly mistakes: readonly Mistake[];
}

const target = `registry: "localhost:5000", repository: "team/server"`;

/** Pulumi ends a preview with the first resource that is refused, so a program has one; it makes as many mistakes as it can. */
const programs: readonly Program[] = [
  {
    title: "of a Registry",
    body: `new multiarch.Registry("wrong", {
  adress: "localhost:5000", plainHttp: "true", timeoutSeconds: "5", insecure: true, apiVersion: "2.0",
  credentials: { user: "ci", passwordEnv: "REGISTRY_PASSWORD" }, authRealms: "auth.example.com",
});`,
    mistakes: [
      {
        title: "a name with a letter less",
        path: "adress",
        says: [/no input of this name/, /a Registry has/, /Did you mean address\?/],
      },
      {
        title: "a text for a truth value",
        path: "plainHttp",
        says: [/it is a text/, /true or false is needed/, /Write it without quotes/],
      },
      {
        title: "a text for a number",
        path: "timeoutSeconds",
        says: [/it is a text/, /a number of 0 or more is needed/, /Write it without quotes/],
      },
      {
        title: "another tool's name",
        path: "insecure",
        says: [/no input of this name/, /a Registry has/, /Did you mean plainHttp\?/],
      },
      {
        title: "an output as an argument",
        path: "apiVersion",
        says: [/an output/, /no program sets/, /Take it out/],
      },
      {
        title: "a wrong name within credentials",
        path: "credentials.user",
        says: [/no member of this name/, /credentials has/, /Did you mean username\?/],
      },
      {
        title: "one text for a list",
        path: "authRealms",
        says: [/it is a text/, /a list of texts is needed/, /Put it in brackets/],
      },
    ],
  },
  {
    title: "of a PlatformImage",
    body: `new multiarch.PlatformImage("wrong", {
  ${target}, tags: ["1.4.0"], platform: ["linux/arm64"], verify: "binary", annotations: { title: 5 },
  source: {
    files: { "/usr/bin/server": { file: "server" }, "/etc/server.conf": 5, "/bin/x": { path: "x", mode: "0755" } },
    config: { entryPoint: ["/usr/bin/server"], cmd: "server", environment: { A: "b" }, labels: ["a"] },
  },
});`,
    mistakes: [
      {
        title: "several tags for one",
        path: "tags",
        says: [/no input of this name/, /a PlatformImage has/, /Did you mean tag\?/],
      },
      {
        title: "a list for one platform",
        path: "platform",
        says: [/it is a list/, /a platform such as "linux\/arm64" is needed/, /Take the brackets away/],
      },
      {
        title: "a value that is nearly right",
        path: "verify",
        says: [/it is "binary"/, /"config", "binaries" or "none" is needed/, /Did you mean "binaries"\?/],
      },
      {
        title: "a number for a text",
        path: "annotations.title",
        says: [/it is 5/, /a text is needed/, /Write it in quotes/],
      },
      {
        title: "a file's path under another name",
        path: 'source.files["/usr/bin/server"].file',
        says: [/no member of this name/, /source\.files\["\/usr\/bin\/server"\] has/, /Did you mean path\?/],
      },
      {
        title: "a number for a file",
        path: 'source.files["/etc/server.conf"]',
        says: [/it is 5/, /a text or \{path, mode\?, uid\?, gid\?\} is needed/, /Write it in quotes/],
      },
      {
        title: "a mode in quotes",
        path: 'source.files["/bin/x"].mode',
        says: [/it is a text/, /a number of 0 or more is needed/, /Write it without quotes/],
      },
      {
        title: "Docker's spelling of entrypoint",
        path: "source.config.entryPoint",
        says: [/no member of this name/, /source\.config has/, /Did you mean entrypoint\?/],
      },
      {
        title: "a command as one text",
        path: "source.config.cmd",
        says: [/it is a text/, /a list of texts is needed/, /Put it in brackets/],
      },
      {
        title: "the whole word for env",
        path: "source.config.environment",
        says: [/no member of this name/, /source\.config has/, /Did you mean env\?/],
      },
      {
        title: "a list for a map",
        path: "source.config.labels",
        says: [/it is a list/, /an object whose members are texts is needed/, /Write an object/],
      },
    ],
  },
  {
    title: "of a MultiArchImage",
    body: `new multiarch.MultiArchImage("wrong", {
  ${target}, tag: "1.4.0", requirePlatforms: ["linux/arm64"], onConflict: "overwite", platforms: ["linux/arm64"],
  images: [5, { imag: ":arm64" }, { image: ":arm64", platfrom: "linux/arm64" }, null],
  sourceRegistries: [{ host: "docker.io" }], lock: "tag", pinSources: 1,
});`,
    mistakes: [
      {
        title: "one tag for several",
        path: "tag",
        says: [/no input of this name/, /a MultiArchImage has/, /Did you mean tags\?/],
      },
      {
        title: "a name with a letter less in its middle",
        path: "requirePlatforms",
        says: [/no input of this name/, /a MultiArchImage has/, /Did you mean requiredPlatforms\?/],
      },
      {
        title: "a value with a letter less",
        path: "onConflict",
        says: [/it is "overwite"/, /"fail" or "overwrite" is needed/, /Did you mean "overwrite"\?/],
      },
      {
        title: "an output that is nearly an input",
        path: "platforms",
        says: [/an output/, /no program sets/, /Did you mean requiredPlatforms\?/],
      },
      {
        title: "a number for an image",
        path: "images[0]",
        says: [/it is 5/, /\{image, platform\?, annotations\?\} or a text is needed/, /Write it in quotes/],
      },
      {
        title: "a wrong name within one image",
        path: "images[1].imag",
        says: [/no member of this name/, /images\[1\] has/, /Did you mean image\?/],
      },
      {
        title: "letters in the wrong order",
        path: "images[2].platfrom",
        says: [/no member of this name/, /images\[2\] has/, /Did you mean platform\?/],
      },
      {
        title: "an image that is not there",
        path: "images[3]",
        says: [/it is missing/, /or a text is needed/, /Give it, or take it out/],
      },
      {
        title: "a registry by its host",
        path: "sourceRegistries[0].host",
        says: [/no member of this name/, /sourceRegistries\[0\] has/, /Did you mean address\?/],
      },
      {
        title: "a text for an object",
        path: "lock",
        says: [/it is a text/, /\{tag\?, manifest\?\} is needed/, /Write \{tag\?, manifest\?\} in its place/],
      },
      {
        title: "a number for a truth value",
        path: "pinSources",
        says: [/it is 1/, /true or false is needed/, /Write true or false in its place/],
      },
    ],
  },
  {
    title: "of an ImportedImage",
    body: `new multiarch.ImportedImage("wrong", {
  ${target}, source: { image: "alpine:3.20", files: {} }, platforms: "linux/arm64",
});`,
    mistakes: [
      {
        title: "another resource's source",
        path: "source.files",
        says: [/no member of this name/, /source has/, /Take it out, or choose among image and registry/],
      },
      {
        title: "one platform for several",
        path: "platforms",
        says: [/it is a text/, /a list of platforms such as "linux\/arm64" is needed/, /Put it in brackets/],
      },
      {
        title: "an input that is missing",
        path: "tags",
        says: [/it is missing/, /a list of texts is needed/, /Add it to an ImportedImage/],
      },
    ],
  },
  {
    title: "of a source that would have to be built",
    body: `new multiarch.PlatformImage("wrong", {
  ${target}, platform: "linux/arm64", source: { dockerfile: "Dockerfile", context: "." },
});`,
    mistakes: [
      {
        title: "a Dockerfile",
        path: "source.dockerfile",
        says: [
          /no member of this name/,
          /Images are not built here/,
          /build it first, for example with `docker buildx build/,
        ],
      },
    ],
  },
  {
    title: "without a registry",
    body: `new multiarch.MultiArchImage("wrong", { repository: "team/server", tags: [], images: [] });`,
    mistakes: [
      {
        title: "no registry at all",
        path: 'MultiArchImage "wrong": registry',
        says: [
          /it is missing/,
          /a Registry, its arguments \(.*\) or an address such as .* is needed/,
          /Give it to the resource/,
        ],
      },
    ],
  },
];

/** The lines of errors in Pulumi's diagnostics, without what Pulumi itself says. */
function messagesIn(text: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^ {2}\S+ \(.*\):$/.test(line))
    .map((line) => line.replace(/^ {4}error: (\S+ resource 'wrong' has a problem: )?/, ""));
}

/** A point each for: what is wrong, where, why, what to do, and all of it in one line. */
function gradeOf({ path, says }: Mistake, messages: readonly string[]): number {
  const message = messages.find((line) => line.startsWith(`${path}: `));
  if (message === undefined) return 0;
  const isOneLine = /\.$|\?$/.test(message) && !message.includes("    at ");
  return 1 + says.filter((part) => part.test(message)).length + (isOneLine ? 1 : 0);
}

describe("mistakes in a program", function () {
  this.timeout(180_000);
  let stack: Stack;
  before(async () => {
    stack = await createStack({ program: "" });
  });
  after(() => stack.dispose());

  it("are at least thirty", () => {
    assert.ok(programs.flatMap(({ mistakes }) => mistakes).length >= 30);
  });

  for (const { title, body, mistakes } of programs)
    it(`are all told in one preview, a line for each that says what is wrong, where, why and what to do: ${title}`, async () => {
      await stack.setProgram(programText({ binary: binaryFor("linux/arm64") }, body));
      const result = await stack.preview();
      assert.notEqual(result.code, 0);
      const messages = messagesIn(diagnostics(result));
      const grades = mistakes.map((mistake) => [mistake.title, gradeOf(mistake, messages)]);
      const full = mistakes.map((mistake) => [mistake.title, 5]);
      assert.deepEqual(grades, full, messages.join("\n"));
    });
});
