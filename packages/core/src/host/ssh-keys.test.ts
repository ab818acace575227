import { createPrivateKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import { ssh2 } from "./ssh-fast-gcm.ts";
import { describeHostKey, isSameHostKey, readPrivateKey, signaturesOf } from "./ssh-keys.ts";

const PASSPHRASE = "frase secreta: ação 🗝️";

const PAIRS = {
  ed25519: () => generateKeyPairSync("ed25519"),
  "ecdsa p-256": () => generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
  "ecdsa p-521": () => generateKeyPairSync("ec", { namedCurve: "secp521r1" }),
  rsa: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

describe("a PKCS#8 private key", () => {
  test.for(Object.entries(PAIRS))(
    "of type %s is read, locked or not, and is the same key",
    ([, generate]) => {
      const { privateKey, publicKey } = generate();
      const open = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
      const locked = privateKey
        .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: PASSPHRASE })
        .toString();
      for (const text of [
        readPrivateKey(new Secret(open), undefined),
        readPrivateKey(new Secret(locked), new Secret(PASSPHRASE)),
      ]) {
        const parsed = ssh2.utils.parseKey(text);
        if (parsed instanceof Error) throw parsed;
        const challenge = Buffer.from("challenge");
        const hash = publicKey.asymmetricKeyType === "ed25519" ? null : "sha256";
        expect(parsed.verify(challenge, parsed.sign(challenge, hash ?? undefined), hash ?? undefined)).toBe(
          true,
        );
        const again = createPrivateKey(open);
        expect(verify(hash, challenge, publicKey, sign(hash, challenge, again))).toBe(true);
        const { x } = publicKey.export({ format: "jwk" });
        if (x) expect(parsed.getPublicSSH().includes(Buffer.from(x, "base64url"))).toBe(true);
      }
    },
  );

  test("that is locked asks for its passphrase, and refuses a wrong one", () => {
    const locked = PAIRS.ed25519().privateKey.export({
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: PASSPHRASE,
    });
    const key = new Secret(locked.toString());
    expect(() => readPrivateKey(key, undefined)).toThrow(/none was given/);
    expect(() => readPrivateKey(key, new Secret("other"))).toThrow(/does not open/);
  });
});

describe("a host key", () => {
  const blob = Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from("ssh-ed25519"),
    Buffer.from([0, 0, 0, 2, 1, 2]),
  ]);

  test("is compared by print and type, with or without the name of the digest", () => {
    const key = describeHostKey(blob);
    expect(key.type).toBe("ssh-ed25519");
    expect(key.sha256).toMatch(/^SHA256:[\w+/]{43}$/);
    expect(isSameHostKey(key, { ...key, sha256: `${key.sha256.slice("SHA256:".length)}=` })).toBe(true);
    expect(isSameHostKey(key, { ...key, type: "ssh-rsa" })).toBe(false);
    expect(isSameHostKey(key, { ...key, sha256: `SHA256:${"A".repeat(43)}` })).toBe(false);
  });

  test("of a type that we cannot check is refused by name", () => {
    expect(() => signaturesOf("ssh-dss")).toThrow(/ssh-dss/);
    expect(signaturesOf("ssh-rsa")).not.toContain("ssh-rsa");
  });
});
