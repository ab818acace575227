import { describe, expect, test } from "vitest";
import { type Choosing, chooseProject } from "./selector.ts";

const labels = { "com.docker.compose.project": "loja", "coolify.managed": "true" };
const all: Choosing = { id: "all", selector: { servers: [], labels: {} } };
const none: Choosing = { id: "none", selector: null };
const byServer: Choosing = { id: "server", selector: { servers: ["s1"], labels: {} } };
const byLabel: Choosing = {
  id: "label",
  selector: { servers: [], labels: { "com.docker.compose.project": "" } },
};
const byValue: Choosing = {
  id: "value",
  selector: { servers: [], labels: { "com.docker.compose.project": "loja" } },
};

describe("the project that takes a container in", () => {
  test.each<[string, Choosing[], string | undefined]>([
    ["nothing agrees", [none], undefined],
    ["one that takes everything", [none, all], "all"],
    ["a server says more than nothing", [all, byServer], "server"],
    ["a label says more than a server", [byServer, byLabel, all], "label"],
    ["a value says more than its label", [byLabel, byValue], "value"],
    ["the oldest among equals", [byValue, { ...byValue, id: "younger" }], "value"],
  ])("%s", (_case, projects, chosen) => {
    expect(chooseProject(projects, { serverId: "s1", labels })?.id).toBe(chosen);
  });

  test("another server, or another value, does not agree", () => {
    expect(chooseProject([byServer], { serverId: "s2", labels })).toBeUndefined();
    expect(
      chooseProject([byValue], { serverId: "s1", labels: { "com.docker.compose.project": "x" } }),
    ).toBeUndefined();
  });
});
