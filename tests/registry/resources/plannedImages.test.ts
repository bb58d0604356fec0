import assert from "node:assert/strict";
import { unknownValue } from "../../../provider/resources/properties/unknown";
import { startProcess } from "../../support/context";
import { forEachRegistry } from "../../support/registries";
import { testFolder } from "../../unit/sources/folders";
import { importedImage, multiArchImage, platformImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";

forEachRegistry("a program whose resources read each other", (registry) => {
  const files = testFolder();
  let repository: TestRepository;
  let mirror: TestRepository;
  beforeEach(() => {
    repository = newTestRepository(registry());
    mirror = newTestRepository(registry());
  });

  const imageOf = (text: string) => ({
    ...repository.target,
    platform: "linux/amd64",
    source: { files: { "/text": files.write(text, text) } },
  });
  const at = (place: TestRepository, tagOrDigest: unknown) => {
    const name = `${registry().address}/${place.name}`;
    return String(tagOrDigest).startsWith("sha256:") ? `${name}@${tagOrDigest}` : `${name}:${tagOrDigest}`;
  };
  const base = () => ({ ...mirror.target, tags: ["1.0"] });

  it("previews an index over images that are not pushed yet, by digest and by tag", async () => {
    const process = startProcess();
    const one = await platformImage("one").preview(imageOf("one"), process);
    await platformImage("two").preview({ ...imageOf("two"), tag: "two" }, process);
    const images = [at(repository, one.inputs["digest"]), { image: at(repository, "two"), platform: "linux/arm64" }];
    const declared = { ...base(), images, verify: "none" };
    const { inputs } = await multiArchImage().preview(declared, process);
    assert.match(String(inputs["digest"]), /^sha256:/);
    assert.equal(Object(inputs["platforms"])["linux/amd64"], one.inputs["digest"]);
  });

  it("pushes what it previewed: an image, an index over it, a copy of the index, and what the copy's tag names", async () => {
    const [image, index, copy, promoted] = [
      platformImage(),
      multiArchImage(),
      importedImage(),
      importedImage("promoted"),
    ];
    const run = async (process = startProcess(), isUp = false) => {
      const act = async (resource: typeof image, program: object) =>
        isUp ? resource.up({ ...program }, process) : (await resource.preview({ ...program }, process)).inputs;
      const { digest: imageDigest } = await act(image, imageOf("one"));
      const listed = [at(repository, imageDigest)];
      const { digest: indexDigest } = await act(index, { ...repository.target, tags: ["1.0"], images: listed });
      const { digest } = await act(copy, { ...base(), source: { image: at(repository, indexDigest) } });
      const third = { ...mirror.target, tags: ["stable"], source: { image: at(mirror, "1.0") } };
      const { digest: last } = await act(promoted, third);
      return [imageDigest, indexDigest, digest, last];
    };
    const previewed = await run();
    assert.deepEqual(await run(startProcess(), true), previewed);
    assert.equal(await mirror.digestAt("stable"), previewed[1]);
  });

  it("previews files on a base image that is not pushed yet", async () => {
    const process = startProcess();
    const lower = await platformImage("lower").preview(imageOf("lower"), process);
    const source = { files: { "/upper": files.write("upper", "upper") }, base: at(repository, lower.inputs["digest"]) };
    const upper = await platformImage("upper").preview({ ...imageOf("lower"), source }, process);
    assert.match(String(upper.inputs["digest"]), /^sha256:/);
  });

  it("previews an index about a subject that is not pushed yet", async () => {
    const process = startProcess();
    const image = await platformImage().preview(imageOf("subject"), process);
    const subject = image.inputs["digest"];
    const declared = { ...repository.target, tags: ["about"], images: [at(repository, subject)], subject };
    const { inputs } = await multiArchImage().preview(declared, process);
    assert.match(String(inputs["digest"]), /^sha256:/);
  });

  it("is refused where a resource reads a tag before the one that moves it, naming both", async () => {
    const process = startProcess();
    await platformImage("producer").up({ ...imageOf("before"), tag: "candidate" });
    await multiArchImage("reader").preview({ ...base(), images: [at(repository, "candidate")] }, process);
    await assert.rejects(
      platformImage("other").preview({ ...imageOf("after"), tag: "candidate", onConflict: "overwrite" }, process),
      {
        code: "ERR_INPUT_INVALID",
        message: /MultiArchImage reader reads .*:candidate, which PlatformImage other is going to move/,
      },
    );
  });

  it("leaves what reads a tag unknown as long as nobody knows what the tag is going to name", async () => {
    const process = startProcess();
    const pending = { ...imageOf("pending"), source: unknownValue, tag: "pending" };
    await platformImage().preview(pending, process);
    const declared = { ...base(), images: [at(repository, "pending")] };
    const { inputs } = await multiArchImage().preview(declared, process);
    assert.deepEqual([inputs["digest"], inputs["platforms"]], [unknownValue, unknownValue]);
    const { inputs: copied } = await importedImage().preview(
      { ...base(), tags: ["2.0"], source: { image: at(repository, "pending") } },
      process,
    );
    assert.equal(copied["digest"], unknownValue);
  });
});
