import { isBag } from "../../resources/properties/readers";
import type { ValueShape } from "./shape";

/** Whether a value is of a shape's type; of lists and objects only that they are one. */
export function fits(value: unknown, shape: ValueShape): boolean {
  if (typeof shape === "string") return fitsSimple(value, shape);
  if ("values" in shape) return shape.values.some((one) => one === value);
  if ("union" in shape) return shape.union.some((form) => fits(value, form));
  return "list" in shape ? Array.isArray(value) : isBag(value);
}

function fitsSimple(value: unknown, shape: Extract<ValueShape, string>): boolean {
  switch (shape) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number" && value >= 0;
    case "boolean":
      return typeof value === "boolean";
    case "true":
      return value === true;
    case "platform":
      return typeof value === "string" || isBag(value);
    case "any":
      return true;
  }
}

/** Whether a text is of a shape's type. */
export function takesText(shape: ValueShape): boolean {
  return shape === "text" || (typeof shape === "object" && "union" in shape && shape.union.includes("text"));
}
