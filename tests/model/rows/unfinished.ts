import { image, imported, index, use } from "../program";
import type { Row } from "./row";

const denied = { does: "refuse", status: 403, code: "DENIED" } as const;
const one = (text: string, more = {}) => image("one", text, more);
const server = (text: string, tags: readonly string[], more = {}) => [
  one(text),
  index("server", tags, [use(one(text))], more),
];
const arm = image("arm", "2", { platform: "linux/arm64" });

/** What became of things that a run had not finished: A1, A5, A8, A11. */
export const unfinished: readonly Row[] = [
  {
    number: "A1",
    name: "child-tag-taken",
    promise: "a child tag that a stranger holds stays theirs, however often up runs",
    history: {
      steps: [
        {
          do: "up",
          skipPreview: true,
          program: [
            one("1"),
            arm,
            index("server", ["1.0"], [use(one("1")), use(arm)], { childTag: "{tag}-{os}-{arch}" }),
          ],
          strangers: [{ does: "take", tag: "team/app:1.0-linux-amd64" }],
        },
        { do: "up", skipPreview: true },
      ],
    },
  },
  {
    number: "A1",
    name: "referrers-lost",
    promise: "a signature that was refused once comes with the next up",
    history: {
      steps: [
        {
          do: "up",
          program: [
            imported("copy", ["1.0"], "r.example/src/app:1.0", { repository: "mirror/app", copyReferrers: "direct" }),
          ],
          strangers: [
            { does: "push", tag: "src/app:1.0", text: "signed" },
            { does: "sign", tag: "src/app:1.0" },
          ],
          events: [{ at: { on: "PUT mirror/app:sha256-" }, ...denied }],
        },
        { do: "up", mustSucceed: true },
      ],
    },
  },
  {
    number: "A1",
    name: "attestations-forgotten",
    promise: "an attestation that was pushed before the tag was refused goes with destroy and onDelete: delete",
    history: {
      steps: [
        {
          do: "up",
          program: [image("one", "", { source: { image: "r.example/src/app:1.0" }, tag: "1.0", onDelete: "delete" })],
          strangers: [{ does: "push", tag: "src/app:1.0", text: "attested", attested: true }],
          events: [{ at: { on: "PUT team/app:1.0" }, ...denied }],
        },
        { do: "up", mustSucceed: true },
        { do: "destroy", mustSucceed: true },
      ],
    },
  },
  {
    number: "A5",
    name: "placeholder-left",
    promise: "a destroy that was killed while a placeholder stood under a tag is finished by the next one",
    history: {
      switches: { refusesTagDelete: true },
      steps: [
        { do: "up", program: server("1", ["1.0"]) },
        // The first DELETE of a manifest asks whether any could be deleted.
        { do: "destroy", events: [{ at: { on: "DELETE team/app@", nth: 2 }, does: "kill" }] },
        { do: "destroy", mustSucceed: true },
      ],
    },
  },
  {
    number: "A8",
    name: "half-written-tag",
    promise: "after an update that moved one tag and not the other, destroy removes both",
    history: {
      steps: [
        { do: "up", program: server("1", ["a", "b"]) },
        { do: "up", program: server("2", ["a", "b"]), events: [{ at: { on: "PUT team/app:b" }, ...denied }] },
        { do: "destroy", mustSucceed: true },
      ],
    },
  },
  {
    number: "A8",
    name: "drop-fails",
    promise: "a tag whose removal was refused once is removed by the next up",
    history: {
      steps: [
        { do: "up", program: server("1", ["a", "c"], { onUnlist: "untag" }) },
        {
          do: "up",
          program: server("2", ["a"], { onUnlist: "untag" }),
          events: [{ at: { on: "DELETE team/app:c" }, ...denied }],
        },
        { do: "up", mustSucceed: true },
        { do: "destroy", mustSucceed: true },
      ],
    },
  },
  {
    number: "A11",
    name: "lost-answer",
    promise: "what a stranger writes between a PUT whose answer was lost and its repetition stays",
    history: {
      steps: [
        {
          do: "up",
          program: server("1", ["1.0"]),
          events: [
            { at: { on: "PUT team/app:1.0" }, does: "loseAnswer" },
            {
              at: { on: "PUT team/app:1.0" },
              does: "stranger",
              act: { does: "take", tag: "team/app:1.0" },
              after: true,
            },
          ],
        },
      ],
    },
  },
];
