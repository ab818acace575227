import { expect, test } from "vitest";
import { guardedDial, isPrivate } from "./guarded-dial.ts";

test.each([
  ["127.0.0.1", true],
  ["10.1.2.3", true],
  ["172.31.255.255", true],
  ["172.32.0.1", false],
  ["192.168.1.1", true],
  ["169.254.169.254", true],
  ["100.64.0.1", true],
  ["0.0.0.0", true],
  ["::1", true],
  ["::", true],
  ["::ffff:10.0.0.1", true],
  ["::ffff:a9fe:a9fe", true],
  ["fd00:ec2::254", true],
  ["fe80::1", true],
  ["8.8.8.8", false],
  ["2606:4700::1111", false],
])("the address %s is private: %s", (address, expected) => {
  expect(isPrivate(address)).toBe(expected);
});

test.each(["localhost", "127.0.0.1", "[::1]", "0x7f000001"])(
  "a member's endpoint %s is not called",
  async (host) => {
    await expect(guardedDial(host, 1)).rejects.toMatchObject({ code: "auth.forbidden" });
  },
);
