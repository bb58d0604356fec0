import { image, index, otherName, use } from "../program";
import type { Row } from "./row";

const spare = { onDelete: "delete" };
const one = image("one", "same", spare);
const two = image("two", "same", spare);
const built = image("built", "1", { repository: "team/build", tag: "b" });
const about = (name: string) => index(name, [], [use(built)], { ...spare, annotations: { name } });
const renamed = (registry: string, onDelete: string) => [image("one", "1", { registry, tag: "1.0", onDelete })];

/** What deletes took away: A2, A3, A4, A7, A10. */
export const deleted: readonly Row[] = [
  {
    number: "A2",
    name: "untagged-rename",
    promise: "an image without a tag that gets another name in the program stays on the registry",
    history: {
      steps: [
        { do: "up", program: [one] },
        { do: "up", program: [two], mustSucceed: true },
      ],
    },
  },
  {
    number: "A2",
    name: "untagged-twins",
    promise: "of two resources with one image, the image stays when one of them goes",
    history: {
      steps: [
        { do: "up", program: [one, two] },
        { do: "up", program: [two], mustSucceed: true },
      ],
    },
  },
  {
    number: "A2",
    name: "untagged-index",
    promise: "what an index without a tag lists stays when another index that brought it goes",
    history: {
      steps: [
        { do: "up", program: [built, about("first"), { ...about("second"), dependsOn: ["first"] }] },
        { do: "up", program: [built, about("second")], mustSucceed: true },
      ],
    },
  },
  {
    number: "A2",
    name: "replace-untagged",
    promise: "an image without a tag is there after up --replace",
    history: {
      steps: [
        { do: "up", program: [one, index("server", [], [use(one)], spare)] },
        { do: "up", replace: ["one"], mustSucceed: true },
      ],
    },
  },
  {
    number: "A2",
    name: "taint-untagged",
    promise: "an image without a tag is there after it was tainted and replaced",
    history: {
      steps: [
        { do: "up", program: [one] },
        { do: "up", taint: ["one"], mustSucceed: true },
      ],
    },
  },
  {
    number: "A3",
    name: "rename-address",
    promise: "a tag stays when the registry gets another name in the program",
    history: {
      steps: [
        { do: "up", program: renamed("r.example", "untag") },
        { do: "up", program: renamed(otherName, "untag"), mustSucceed: true },
      ],
    },
  },
  {
    number: "A3",
    name: "rename-address-delete",
    promise: "an image stays when the registry gets another name in the program, with onDelete: delete",
    history: {
      steps: [
        { do: "up", program: renamed("r.example", "delete") },
        { do: "up", program: renamed(otherName, "delete"), mustSucceed: true },
      ],
    },
  },
  {
    number: "A4",
    name: "tags-404",
    promise: "a gateway's page in place of the list of tags deletes nothing that a stranger's tag names",
    history: {
      steps: [
        { do: "up", program: [one, index("server", ["1.0"], [use(one)], spare)] },
        {
          do: "destroy",
          strangers: [{ does: "retag", from: "team/app:1.0", tag: "team/app:theirs" }],
          events: [{ at: { on: "GET team/app tags", nth: "every" }, does: "page404" }],
        },
      ],
    },
  },
  {
    number: "A7",
    name: "refresh-404",
    promise: "a refresh during a gateway's 404 forgets nothing",
    history: {
      steps: [
        { do: "up", program: [one, index("server", ["1.0"], [use(one)])] },
        {
          do: "refresh",
          events: [
            { at: { on: "HEAD team/app", nth: "every" }, does: "page404" },
            { at: { on: "GET team/app", nth: "every" }, does: "page404" },
          ],
        },
        { do: "up", mustSucceed: true },
        { do: "destroy", mustSucceed: true },
      ],
    },
  },
  {
    number: "A10",
    name: "adopted-lost",
    promise: "where deleting a tag deletes its manifest, an adopted tag stays",
    history: {
      switches: { deletesManifestByTag: true },
      steps: [
        { do: "up", program: [one, index("server", ["a"], [use(one)])] },
        {
          do: "up",
          program: [one, index("server", ["a", "b"], [use(one)])],
          strangers: [{ does: "retag", from: "team/app:a", tag: "team/app:b" }],
        },
        { do: "destroy" },
      ],
    },
  },
];
