import { image, index, use } from "../program";
import type { Row } from "./row";

const one = image("one", "1", { tag: "one" });
const other = image("other", "2", { platform: "darwin/amd64", tag: "other" });
const shared = (name: string, tag: string) => index(name, [tag], [use(one)], { childTag: "{os}-{arch}" });
const three = ["about-1", "about-2", "about-3"];
const mine = image("mine", "mine", { tag: "1.0-amd64" });

/** Tags that were not looked after: A6, A9. */
export const tags: readonly Row[] = [
  {
    number: "A6",
    name: "subject-race",
    promise: "all indexes about one subject are listed where there is no referrers API",
    orders: 20,
    history: {
      steps: [
        { do: "up", program: [one] },
        {
          do: "up",
          program: [
            one,
            ...three.map((name) => {
              const subject = { use: "one", output: "digest" };
              return index(name, [name], [use(one)], { subject, artifactType: "application/x", annotations: { name } });
            }),
          ],
          mustSucceed: true,
        },
      ],
    },
  },
  {
    number: "A9",
    name: "shared-child-tag",
    promise: "a child tag that two indexes have stays when one of them goes",
    history: {
      steps: [
        { do: "up", program: [one, shared("first", "1.0"), { ...shared("second", "latest"), dependsOn: ["first"] }] },
        { do: "up", program: [one, shared("second", "latest")] },
      ],
    },
  },
  {
    number: "A9",
    name: "child-tag-claim",
    promise: "an image's tag that is a child tag of an index, too, is refused in preview",
    history: {
      steps: [
        {
          do: "up",
          program: [
            mine,
            one,
            index("server", ["1.0"], [use(one)], {
              childTag: "{tag}-{arch}",
              onConflict: "overwrite",
              dependsOn: ["mine"],
            }),
          ],
        },
      ],
    },
  },
  {
    number: "A9",
    name: "child-tag-drift",
    promise: "a child tag that a stranger removed is put back by the next up",
    history: {
      steps: [
        { do: "up", program: [one, shared("server", "1.0")] },
        { do: "up", strangers: [{ does: "untag", tag: "team/app:linux-amd64" }], mustSucceed: true },
      ],
    },
  },
  {
    number: "A9",
    name: "refresh-stuck",
    promise:
      "a tag that was moved to an index whose images childTag could not tell apart is moved back after a refresh",
    history: {
      steps: [
        { do: "up", program: [one, other, index("server", ["1.0"], [use(one)], { childTag: "{tag}-{arch}" })] },
        {
          do: "refresh",
          strangers: [{ does: "list", tag: "team/app:1.0", of: ["team/app:one", "team/app:other"] }],
        },
        { do: "up", mustSucceed: true },
      ],
    },
  },
];
