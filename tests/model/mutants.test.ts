import { mutants } from "./mutants/mutants";
import { place } from "./mutants/place";

describe("the mutants of the model", () => {
  for (const mutant of mutants)
    it(`have one place in provider/: ${mutant.fault}`, () => {
      place(mutant);
    });
});
