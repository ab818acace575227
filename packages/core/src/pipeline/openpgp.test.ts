import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Server } from "../host/host.ts";
import { createLocalServer } from "../host/local.ts";
import { Secret } from "../model/secret.ts";
import { type TemporaryFolder, temporaryFolder } from "../testing/temporary-folder.ts";
import { chain } from "./chain.ts";
import { describeStage } from "./conformance.ts";
import { hasUsableGpg, openpgpFor, openpgpWith } from "./openpgp.ts";
import {
  lockPrivateKey,
  makePrivateKey,
  openSessionKey,
  type PrivateKey,
  readPrivatePart,
  readPublicKey,
} from "./openpgp-keys.ts";

const ours = await makePrivateKey("ours");
const other = await makePrivateKey("other");

async function unpackerOf(packed: Uint8Array, keys: readonly PrivateKey[] = [ours]) {
  const privateKeys = keys.map((key) => key.armored);
  const sessionKey = await openSessionKey(packed, privateKeys);
  if (sessionKey === undefined) throw new Error("none of the keys opens it");
  return openpgpWith(sessionKey);
}

describeStage(
  { packs: openpgpFor([other.known, ours.known]), opens: (packed) => unpackerOf(packed), joins: false },
  async () => {
    const host = createLocalServer();
    const folder = await temporaryFolder();
    return {
      host,
      folder: folder.path,
      [Symbol.asyncDispose]: async () => {
        await folder[Symbol.asyncDispose]();
        await host[Symbol.asyncDispose]();
      },
    };
  },
);

/** 333 bytes in chunks of 64, by `gpg --force-ocb --chunk-size 6` of GnuPG 2.4.7, which older ones do not write. */
const OF_GPG_24 = [
  "hF4D1O/ekUnfZW0SAQdAoAc1sXjZgRj6JxvZhpayLAvLxnKMYswwvewSB4DmNRQwZl/X8HN6dP0x3Sw7OdB0Bvobo5zD/NZCrRg8",
  "a8kP/+llmFbEwJpXwFLpm/tGoXbk1MEZAQkCAI2a5YxT+OoZDtcM+foBEYcZwAn/M7UdTM/BN/0jI96nfIZTptW9chIasp/KhWSL",
  "2SmHjLUG7ukw9YNrFbd6kjKC1gpJ5am2XErptm3hYCG28Y374ODn770RmAKy74ysqXueW7OpOd485Jzv6gHz95YQCvznePlC+PLA",
  "QMSDA8JMhyN1fGBketTg58qMfevN8brfLwNofrWjVIiiOSanZ2JgIcEl0TRMeVjIoGGcGATPE2R9GyZwMNW/3UVeYOhfdr2xr0mj",
  "zYQgukETpa5QwPWY+ykKJKR6NcZl0lV0ybmTA8ddSl89DDxMz1v04LLPORlug7bABZtfwsO92ezDypWb3W0IXfaTnQUw2guRx9Sm",
  "E9x2GXdTuDSLW9PJsOdjjcgB1oaUOaOZ1PwnWnWSzOdgiO77eRjqVnipMzjai8RoeYX9e68UmG1pkrYqx2HR4zz7d7bVqEgFUST+",
  "PTG+W9VgZgmJquDbV/SvZ24pZdD7OKzBFoECpTaJwbcqDA+vSeHVYgCS0dsp80m9fUVQ2WASWWshF9NdJ7cApJty03gyIBB1RSfY",
  "vEpnuUwQpijUzWlQh0OlO25S8lPa/dl1dGmQKIeTyvcHW7AlYktk/FeunlzMlwY=",
].join("");
const KEY_OF_GPG_24 = "9:322FF2A740D861D2F666E9942E9BD40F7A8AE7F00BBE5383F4478B59BCFAB30E";
const SHA256_OF_GPG_24 = "46cf8dce1a441ae18ae33e46affb375b5ba87cd99cb4c0e8ea39329d31e627ca";

describe("archives for gpg", () => {
  const dump = Buffer.from("insert into t values ('ação 🗝️');\n".repeat(9_000));
  const passphrase = new Secret("six words nobody else would ever choose");
  let folder: TemporaryFolder;
  /** A person's own machine, with a keyring. */
  let person: Server;

  beforeAll(async () => {
    folder = await temporaryFolder();
    person = createLocalServer("a person's", { GNUPGHOME: folder.path });
  });
  afterAll(async () => {
    await person.run({ argv: ["gpgconf", "--kill", "gpg-agent"] });
    await person[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  async function onPersons(script: string, input: Uint8Array = Buffer.alloc(0)): Promise<Buffer> {
    const path = join(folder.path, "input");
    await writeFile(path, input);
    const read = person.read({ argv: ["sh", "-c", script, "sh", path] });
    return await buffer(read);
  }

  test("are opened by gpg with the private key alone, that a passphrase protects", async () => {
    const packed = await buffer(chain(Readable.from([dump]), openpgpFor([ours.known]).packer()));
    const locked = await lockPrivateKey(ours.armored, passphrase);
    expect(locked).not.toBe(ours.armored.reveal());
    await onPersons('gpg --batch --import "$1"', Buffer.from(locked));
    const withPassphrase = `exec 3<<END\n${passphrase.reveal()}\nEND\n`;
    const opened = onPersons(
      `${withPassphrase}gpg --batch --pinentry-mode loopback --passphrase-fd 3 --decrypt <"$1"`,
      packed,
    );
    expect((await opened).equals(dump)).toBe(true);
    const wrong = `gpgconf --kill gpg-agent; exec 3<<END\nwrong\nEND\ngpg --batch --pinentry-mode loopback --passphrase-fd 3 --decrypt <"$1"`;
    await expect(onPersons(wrong, packed)).rejects.toThrow();
  });

  test("are opened by each of their recipients, and by nobody else", async () => {
    const packed = await buffer(chain(Readable.from([dump]), openpgpFor([ours.known, other.known]).packer()));
    for (const key of [ours, other]) {
      const unpacker = (await unpackerOf(packed, [key])).unpacker();
      expect((await buffer(chain(Readable.from([packed]), unpacker))).equals(dump)).toBe(true);
    }
    const stranger = await makePrivateKey("stranger");
    expect(await openSessionKey(packed, [stranger.armored])).toBeUndefined();
    expect(await openSessionKey(packed, [])).toBeUndefined();
    expect(await openSessionKey(packed, [stranger.armored, other.armored])).toBeDefined();
  });

  test("can be for a key that gpg made, of RSA and with a passphrase", async () => {
    await onPersons(`export LC_ALL=C
      gpg --batch --passphrase 'of rsa' --quick-generate-key theirs rsa2048 cert never
      fingerprint=$(gpg --batch --with-colons --list-keys theirs | sed -n 's/^fpr:*\\([0-9A-F]*\\):.*/\\1/p')
      gpg --batch --pinentry-mode loopback --passphrase 'of rsa' --quick-add-key "$fingerprint" rsa2048 encr never`);
    const exported = await onPersons("gpg --batch --armor --export theirs");
    const locked = await onPersons(
      "gpg --batch --pinentry-mode loopback --passphrase 'of rsa' --armor --export-secret-keys theirs",
    );
    const given = await readPublicKey(exported.toString());
    expect(given).toMatchObject({ algorithm: "rsa2048", userIds: ["theirs"], expiresAt: null });
    const text = new Secret(locked.toString());
    await expect(readPrivatePart(text, new Secret("wrong"))).rejects.toMatchObject({ code: "input.invalid" });
    const opened = await readPrivatePart(text, new Secret("of rsa"));
    expect(opened.known.fingerprint).toBe(given.fingerprint);
    const packed = await buffer(chain(Readable.from([dump]), openpgpFor([given]).packer()));
    const unpacker = (await unpackerOf(packed, [opened])).unpacker();
    expect((await buffer(chain(Readable.from([packed]), unpacker))).equals(dump)).toBe(true);
  });

  test("leave no keyring, no home folder and no key in what gpg says", async () => {
    const packed = await buffer(chain(Readable.from([dump]), openpgpFor([ours.known]).packer()));
    const sessionKey = await openSessionKey(packed, [ours.armored]);
    if (sessionKey === undefined) throw new Error("the key does not open it");
    const command = openpgpWith(sessionKey).unpack();
    const ran = await person.run(command, { stdin: packed.subarray(0, -1) });
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toMatch(/gpg: /);
    expect(ran.stderr).not.toContain(sessionKey.reveal().slice(2));
    expect(command.argv.join(" ")).not.toContain(sessionKey.reveal().slice(2));
    expect(await person.files.stat("/nonexistent")).toBeUndefined();
    expect(await hasUsableGpg(person)).toBe(true);
  });

  test.each([
    ["a private key where a public one belongs", () => readPublicKey(ours.armored.reveal())],
    ["what is no key", () => readPublicKey("ssh-ed25519 AAAA")],
    ["a public key where a private one belongs", () => readPrivatePart(new Secret(ours.known.armored))],
  ])("refuse %s", async (_what, read) => {
    await expect(read()).rejects.toMatchObject({ code: "input.invalid" });
  });

  test("may come from a newer gpg in its own way, and are then refused when cut or changed anywhere", async () => {
    const whole = Buffer.from(OF_GPG_24, "base64");
    const open = (packed: Buffer) =>
      buffer(chain(Readable.from([packed]), openpgpWith(new Secret(KEY_OF_GPG_24)).unpacker()));
    const sha256 = (plain: Buffer) => createHash("sha256").update(plain).digest("hex");
    expect(sha256(await open(whole))).toBe(SHA256_OF_GPG_24);
    const content = whole.indexOf(Buffer.from([0xd4]), 90);
    for (let at = content; at < whole.length; at += 1) {
      const flipped = Buffer.from(whole);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      for (const bad of [whole.subarray(0, at), flipped]) {
        await expect(open(bad), `at ${at}`).rejects.toHaveProperty(
          "code",
          expect.stringMatching(/^archive\./),
        );
      }
    }
  });

  test("are refused where they do not begin like one", async () => {
    await expect(openSessionKey(dump, [ours.armored])).rejects.toMatchObject({ code: "archive.damaged" });
  });
});
