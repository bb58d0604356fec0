import { difference } from "../difference";
import type { Lifecycle } from "../lifecycle";
import { check } from "./check";
import { read } from "./read";
import { remove } from "./remove";
import { outputNames } from "./state";
import { create, update } from "./write";

/** The lifecycle of `PlatformImage`: one platform's image in a repository, with or without a tag. */
export const platformImageLifecycle: Lifecycle = {
  check,
  diff: (_id, state, inputs) => difference(state, inputs, outputNames),
  create,
  read,
  update,
  delete: (context, _id, state) => remove(context, state),
};
