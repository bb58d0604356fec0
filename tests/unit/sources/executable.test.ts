import assert from "node:assert/strict";
import { parsePlatform } from "../../../provider/oci/platform";
import { readExecutable } from "../../../provider/sources/executable";

describe("readExecutable", () => {
  const elfTable: readonly (readonly [title: string, header: ElfHeader, platform: string])[] = [
    ["x86-64", { machine: 62 }, "linux/amd64"],
    ["i386", { machine: 3, bits: 32 }, "linux/386"],
    ["AArch64", { machine: 183 }, "linux/arm64"],
    ["MIPS, big-endian, 32 bits", { machine: 8, bits: 32, littleEndian: false }, "linux/mips"],
    ["MIPS, little-endian, 32 bits", { machine: 8, bits: 32 }, "linux/mipsle"],
    ["MIPS, big-endian, 64 bits", { machine: 8, littleEndian: false }, "linux/mips64"],
    ["MIPS, little-endian, 64 bits", { machine: 8 }, "linux/mips64le"],
    ["PowerPC, big-endian", { machine: 21, littleEndian: false }, "linux/ppc64"],
    ["PowerPC, little-endian", { machine: 21 }, "linux/ppc64le"],
    ["S/390", { machine: 22, littleEndian: false }, "linux/s390x"],
    ["RISC-V", { machine: 243 }, "linux/riscv64"],
    ["LoongArch", { machine: 258 }, "linux/loong64"],
    ["a position-independent file", { machine: 62, type: 3 }, "linux/amd64"],
    ["GNU's OSABI", { machine: 62, osAbi: 3 }, "linux/amd64"],
    ["FreeBSD's OSABI", { machine: 62, osAbi: 9 }, "freebsd/amd64"],
    ["NetBSD's OSABI", { machine: 62, osAbi: 2 }, "netbsd/amd64"],
    ["OpenBSD's OSABI", { machine: 183, osAbi: 12 }, "openbsd/arm64"],
  ];
  for (const [title, header, platform] of elfTable)
    it(`reads ELF for ${title} as ${platform}`, () => {
      assert.deepEqual(readExecutable(elf(header)), { platform: parsePlatform(platform) });
    });

  it("gives ARM no variant, because the header does not tell one", () => {
    const platform = { architecture: "arm", os: "linux" };
    assert.deepEqual(readExecutable(elf({ machine: 40, bits: 32, flags: 0x05000400 })), { platform });
  });

  const peTable: readonly (readonly [title: string, header: PeHeader, platform: string])[] = [
    ["x86-64", { machine: 0x8664 }, "windows/amd64"],
    ["i386", { machine: 0x14c, plus: false }, "windows/386"],
    ["ARM64", { machine: 0xaa64 }, "windows/arm64"],
    ["a graphical program", { machine: 0x8664, subsystem: 2 }, "windows/amd64"],
  ];
  for (const [title, header, platform] of peTable)
    it(`reads PE for ${title} as ${platform}`, () => {
      assert.deepEqual(readExecutable(pe(header)), { platform: parsePlatform(platform) });
    });

  const unsettled: readonly (readonly [string, Uint8Array])[] = [
    ["a script", Buffer.from("#!/bin/sh\n")],
    ["an ELF object file", elf({ machine: 62, type: 1 })],
    ["an ELF file of an unknown machine", elf({ machine: 0xffff })],
    ["an ELF file of an unknown OSABI", elf({ machine: 62, osAbi: 200 })],
    ["an x32 program (x86-64 in a 32-bit file)", elf({ machine: 62, bits: 32 })],
    ["a MIPS n32 program (64 bits in a 32-bit file)", elf({ machine: 8, bits: 32, flags: 0x20 })],
    ["an ELF header that is cut short", elf({ machine: 62 }).subarray(0, 63)],
    ["a managed assembly, which runs wherever .NET does", pe({ machine: 0x14c, plus: false, managed: true })],
    ["a managed assembly of 64 bits", pe({ machine: 0x8664, managed: true })],
    ["an EFI program", pe({ machine: 0x8664, subsystem: 10 })],
    ["a PE file of an unknown machine", pe({ machine: 0xfd1d })],
    ["a PE header that is cut short", pe({ machine: 0x8664 }).subarray(0, 0x80 + 100)],
  ];
  for (const [title, head] of unsettled)
    it(`knows ${title} as an executable without a platform`, () => {
      assert.deepEqual(readExecutable(head), {});
    });

  const others: readonly (readonly [string, Uint8Array])[] = [
    ["an empty file", Buffer.alloc(0)],
    ["a text", Buffer.from("hello\n")],
    [
      "a text that begins with MZ",
      Buffer.from("MZ is what DOS programs begin with, and this text, too, is long enough."),
    ],
    ["a DOS program", Buffer.concat([Buffer.from("MZ"), Buffer.alloc(200)])],
    ["an archive of object files", Buffer.from("!<arch>\n")],
  ];
  for (const [title, head] of others)
    it(`does not take ${title} for an executable`, () => {
      assert.equal(readExecutable(head), undefined);
    });
});

interface ElfHeader {
  readonly machine: number;
  readonly bits?: 32 | 64;
  readonly littleEndian?: boolean;
  readonly osAbi?: number;
  readonly type?: number;
  readonly flags?: number;
}

function elf({ machine, bits = 64, littleEndian = true, osAbi = 0, type = 2, flags = 0 }: ElfHeader): Uint8Array {
  const header = new DataView(new ArrayBuffer(64));
  [0x7f, 0x45, 0x4c, 0x46, bits / 32, littleEndian ? 1 : 2, 1, osAbi].forEach((byte, at) => {
    header.setUint8(at, byte);
  });
  header.setUint16(16, type, littleEndian);
  header.setUint16(18, machine, littleEndian);
  header.setUint32(bits === 32 ? 36 : 48, flags, littleEndian);
  return new Uint8Array(header.buffer, 0, bits === 32 ? 52 : 64);
}

interface PeHeader {
  readonly machine: number;
  /** PE32+ rather than PE32. */
  readonly plus?: boolean;
  readonly subsystem?: number;
  readonly managed?: boolean;
}

function pe({ machine, plus = true, subsystem = 3, managed = false }: PeHeader): Uint8Array {
  const header = Buffer.alloc(0x80 + 24 + 240);
  const optional = 0x80 + 24;
  const directories = optional + (plus ? 112 : 96);
  header.write("MZ");
  header.writeUInt32LE(0x80, 60);
  header.write("PE\0\0", 0x80);
  header.writeUInt16LE(machine, 0x80 + 4);
  header.writeUInt16LE(plus ? 0x20b : 0x10b, optional);
  header.writeUInt16LE(subsystem, optional + 68);
  header.writeUInt32LE(16, directories - 4);
  if (managed) header.writeUInt32LE(0x2008, directories + 14 * 8);
  return header;
}
