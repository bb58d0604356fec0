import { image, imported, index, ref, type Use, use } from "../program";
import type { Row } from "./row";

const one = image("one", "1");
const server = (text: string) => [image("one", text), index("server", ["1.0"], [use(image("one", text))])];
const elsewhere = image("elsewhere", "1", { repository: "team/lib" });
const twin = image("twin", "1", { reconcile: "onRefresh" });
const over = index("over", ["1.0"], [use(elsewhere)], { dependsOn: ["twin"] });
const digest: Use = { use: "one", output: "digest" };
const mirror = (source: unknown) => imported("mirror", ["1.0"], source, { repository: "mirror/app" });
const [, made = one] = server("1");
const byTag: Use = { use: "server", output: "tagRef" };
const children = (tag: string, childTag: string) => [
  one,
  image("other", "2", { platform: "darwin/amd64" }),
  index("server", [tag], [use(one), use(image("other", "2"))], { childTag }),
];
const fresh = (program: Row["history"]["steps"][number]["program"] = []) => ({
  steps: [{ do: "up", program, mustSucceed: true } as const],
});

/** Previews that did not say what `up` did: B1 to B4, B7, and P for those that random histories have found. */
export const previewed: readonly Row[] = [
  {
    number: "B1",
    name: "chain-import",
    promise: "a mirror of an index of the program is previewed on a new stack",
    history: fresh([...server("1"), mirror(ref(made))]),
  },
  {
    number: "B1",
    name: "chain-import-change",
    promise: "a mirror of an index of the program is previewed at a later change",
    history: {
      steps: [
        { do: "up", program: [...server("1"), mirror(ref(made))], skipPreview: true },
        { do: "up", program: [...server("2"), mirror(ref(made))], mustSucceed: true },
      ],
    },
  },
  {
    number: "B1",
    name: "chain-import-tag",
    promise: "the preview of a mirror by tag shows what up will bring",
    history: {
      steps: [
        { do: "up", program: [...server("1"), mirror(byTag)], skipPreview: true },
        { do: "up", program: [...server("2"), mirror(byTag)], mustSucceed: true },
      ],
    },
  },
  {
    number: "B1",
    name: "chain-images",
    promise: "an index over an image of the program by reference is previewed on a new stack",
    history: fresh([one, index("server", ["1.0"], [ref(one)])]),
  },
  {
    number: "B1",
    name: "chain-subject",
    promise: "an index about an image of the program is previewed on a new stack",
    history: fresh([one, index("about", ["about"], [use(one)], { artifactType: "application/x", subject: digest })]),
  },
  {
    number: "B1",
    name: "chain-base",
    promise: "an image on an image of the program is previewed on a new stack",
    history: fresh([one, image("upper", "2", { base: ref(one) })]),
  },
  {
    number: "B1",
    name: "chain-source",
    promise: "a copy of an image of the program is previewed on a new stack",
    history: fresh([one, image("copy", "", { repository: "team/copy", source: { image: ref(one) } })]),
  },
  {
    number: "B2",
    name: "child-tag-double",
    promise: "two children that would get one tag are refused in preview",
    history: { steps: [{ do: "up", program: children("1.0", "{tag}-{arch}") }] },
  },
  {
    number: "B2",
    name: "child-tag-long",
    promise: "a child tag of more than 128 characters is refused in preview",
    history: { steps: [{ do: "up", program: children("x".repeat(120), "{tag}-{os}-{arch}") }] },
  },
  {
    number: "B2",
    name: "child-tag-foreign",
    promise: "a child tag that a stranger holds is refused in preview",
    history: {
      steps: [
        {
          do: "up",
          program: children("1.0", "{tag}-{os}-{arch}"),
          strangers: [{ does: "take", tag: "team/app:1.0-linux-amd64" }],
        },
      ],
    },
  },
  {
    number: "B2",
    name: "child-tag-own",
    promise: "a child tag that is the index's own tag is refused in preview",
    history: { steps: [{ do: "up", program: [one, index("server", ["amd64"], [use(one)], { childTag: "{arch}" })] }] },
  },
  {
    number: "B3",
    name: "address-alias",
    promise: "another name of Docker Hub does what the preview said",
    history: fresh([
      image("one", "1", { registry: "index.docker.io" }),
      index("server", ["1.0"], [use(image("one", "1", { registry: "index.docker.io" }))], {
        registry: "index.docker.io",
      }),
    ]),
  },
  {
    number: "B4",
    name: "platforms-unknown",
    promise: "the platforms of an index over a reference that is not known yet are not known",
    history: {
      steps: [
        {
          do: "up",
          program: [index("server", ["1.0"], [{ later: "r.example/src/app:1.0" }])],
          strangers: [{ does: "push", tag: "src/app:1.0", text: "1" }],
          mustSucceed: true,
        },
      ],
    },
  },
  {
    number: "B4",
    name: "platforms-read",
    promise: "what reads a platform of an index whose images are not known yet is previewed",
    history: {
      steps: [
        {
          do: "up",
          program: [
            index("server", ["1.0"], [{ later: "r.example/src/app:1.0" }]),
            index("again", ["2.0"], [{ use: "server", output: "platforms/linux/amd64" }]),
          ],
          strangers: [{ does: "push", tag: "src/app:1.0", text: "1" }],
          mustSucceed: true,
        },
      ],
    },
  },
  {
    number: "B7",
    name: "untagged-variable",
    promise: "a missing environment variable is told in the preview of an image without a tag",
    history: {
      switches: { login: true },
      steps: [
        {
          do: "up",
          program: [
            {
              kind: "platformImage",
              name: "one",
              inputs: {
                ...one.inputs,
                registry: {
                  address: "r.example",
                  credentials: { username: "ci", passwordEnv: "MULTIARCH_MODEL_PASSWORD" },
                },
              },
            },
          ],
        },
      ],
    },
  },
  {
    number: "P",
    name: "lost-child",
    promise:
      "a preview shows the loss of an image at the resource that puts it back, not at an index that lists it by reference",
    history: {
      steps: [
        { do: "up", program: [one, index("server", ["1.0"], [ref(one)])] },
        { do: "preview", strangers: [{ does: "purge", tag: "team/app:1.0", child: 0 }] },
      ],
    },
  },
  {
    number: "P",
    name: "lost-child-of-twin",
    promise: "a lost child is put back although another resource of the same image looks at a refresh only",
    history: {
      steps: [
        { do: "up", program: [elsewhere, twin, over] },
        { do: "up", strangers: [{ does: "purge", tag: "team/app:1.0", child: 0 }], mustSucceed: true },
      ],
    },
  },
  {
    number: "P",
    name: "unknown-again",
    promise: "an index that exists is previewed although its image is not known yet",
    history: {
      steps: [
        { do: "up", program: [one, index("server", ["1.0"], [{ later: ref(one) }])], mustSucceed: true },
        { do: "up", mustSucceed: true },
      ],
    },
  },
];
