import { image, index, use } from "../program";
import type { Row } from "./row";

const one = (text: string) => image("one", text, { tag: "one" });
const server = (text: string, tags: readonly string[]) => [one(text), index("server", tags, [use(one(text))])];

/** Promises that have been kept so far, so that the others are not red for the model's own faults. */
export const kept: readonly Row[] = [
  {
    number: "K",
    name: "adopted-stays",
    promise: "a stranger's tag that named our index already stays when the stack is destroyed",
    history: {
      steps: [
        { do: "up", program: server("1", ["1.0"]) },
        {
          do: "up",
          program: server("1", ["1.0", "2.0"]),
          strangers: [{ does: "retag", from: "team/app:1.0", tag: "team/app:2.0" }],
        },
        { do: "destroy", mustSucceed: true },
      ],
    },
  },
  {
    number: "K",
    name: "moved-meanwhile",
    promise: "a tag that a stranger moves while blobs are uploaded is not overwritten",
    history: {
      steps: [
        { do: "up", program: [one("1")] },
        {
          do: "up",
          program: [one("2")],
          events: [{ at: { write: 3 }, does: "stranger", act: { does: "take", tag: "team/app:one" } }],
        },
      ],
    },
  },
  {
    number: "K",
    name: "moved-stays",
    promise: "a tag that a stranger has moved stays when the stack is destroyed",
    history: {
      steps: [
        { do: "up", program: server("1", ["1.0"]) },
        { do: "destroy", strangers: [{ does: "take", tag: "team/app:1.0" }], mustSucceed: true },
      ],
    },
  },
  {
    number: "K",
    name: "drift-repaired",
    promise: "a tag that a stranger moved is moved back by the next up, which shows it",
    history: {
      steps: [
        { do: "up", program: server("1", ["1.0"]) },
        { do: "up", strangers: [{ does: "take", tag: "team/app:1.0" }], mustSucceed: true },
        { do: "destroy", mustSucceed: true },
      ],
    },
  },
  {
    number: "K",
    name: "killed-and-repeated",
    promise: "an up whose process is killed before a tag is written is made up for by the next one",
    history: {
      steps: [
        { do: "up", program: server("1", ["1.0", "2.0"]), events: [{ at: { on: "PUT team/app:2.0" }, does: "kill" }] },
        { do: "up", mustSucceed: true },
      ],
    },
  },
];
