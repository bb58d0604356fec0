import { image, index, use } from "../program";
import type { Row } from "./row";

const one = image("one", "1");
const server = [one, index("server", ["1.0"], [use(one)])];

/** What was done wrongly on registries that differ: C4, C7. */
export const registries: readonly Row[] = [
  {
    number: "C4",
    name: "head-404",
    promise: "a stranger's tag stays where HEAD is answered 404, though GET finds it",
    history: {
      switches: { headManifest: 404 },
      steps: [{ do: "up", program: server, strangers: [{ does: "take", tag: "team/app:1.0" }] }],
    },
  },
  {
    number: "C7",
    name: "last-tag",
    promise: "destroy removes the last tag where that deletes the manifest",
    history: {
      switches: { dropsManifestWithLastTag: true },
      steps: [
        { do: "up", program: server },
        { do: "destroy", mustSucceed: true },
      ],
    },
  },
];
