import { difference } from "../difference";
import type { Lifecycle } from "../lifecycle";
import { check } from "./check";
import { read } from "./read";
import { remove } from "./remove";
import { outputNames } from "./state";
import { create, update } from "./write";

/** The lifecycle of `MultiArchImage`: an index over images of several platforms, under tags. */
export const multiArchImageLifecycle: Lifecycle = {
  check,
  diff: (_id, state, inputs) => difference(state, inputs, outputNames),
  create,
  read,
  update,
  delete: (context, _id, state) => remove(context, state),
};
