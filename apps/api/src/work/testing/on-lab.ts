import type { Client } from "./client.ts";

export async function defaultProject(client: Client): Promise<string> {
  const { items } = await client.get<{ items: { id: string; slug: string }[] }>("/api/projects");
  const project = items.find(({ slug }) => slug === "default");
  if (project === undefined) throw new Error("there is no default project");
  return project.id;
}
