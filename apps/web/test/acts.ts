import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

const ADD_MS = 40_000;
const JOB_MS = 120_000;

export interface ServerForm {
  readonly name: string;
  readonly at: { readonly host: string; readonly port: number };
  readonly user: string;
  readonly key: string;
}

/** From anywhere: opens the dialog for a new server and fills it in. */
export async function fillServer(page: Page, { name, at, user, key }: ServerForm): Promise<Locator> {
  await page.getByRole("link", { name: "Servidores" }).click();
  await page.getByRole("button", { name: "Adicionar servidor" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Adicionar servidor" });
  await dialog.getByLabel("Nome", { exact: true }).fill(name);
  await dialog.getByLabel("Endereço").fill(at.host);
  await dialog.getByLabel("Porta").fill(String(at.port));
  await dialog.getByLabel("Usuário").fill(user);
  await dialog.getByLabel("Chave privada", { exact: true }).fill(key);
  return dialog;
}

/** Reads the key that the dialog shows, and looks for it among the server's own. */
export async function expectHostKey(
  dialog: Locator,
  { hostKeys }: { readonly hostKeys: readonly { readonly sha256: string }[] },
): Promise<void> {
  const shown = await dialog.getByRole("definition").filter({ hasText: "SHA256:" }).first().textContent();
  expect(hostKeys.map(({ sha256 }) => sha256)).toContain(shown);
}

/** Says that the shown key is right; waits until the server is kept. */
export async function confirmHostKey(dialog: Locator): Promise<void> {
  await dialog.getByRole("button", { name: "A chave confere, conectar" }).click();
  await dialog.waitFor({ state: "detached", timeout: ADD_MS });
}

/** On a resource's page: takes a backup, and gives its row once it can be restored. */
export async function makeBackup(page: Page, unit: string, note: string): Promise<Locator> {
  await page.getByRole("button", { name: "Criar backup", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Nota").fill(note);
  await page.getByRole("dialog").getByRole("button", { name: "Criar backup" }).click();
  const row = page.getByRole("row", { name: new RegExp(`^Backup de ${unit}`) });
  // A row stands there from the start; only a complete backup can be restored.
  await row.getByRole("button", { name: /^Restaurar/ }).waitFor({ timeout: JOB_MS });
  await page.getByText(note).first().waitFor();
  return row;
}

export async function download(page: Page, row: Locator): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    row.getByRole("button", { name: /^Baixar/ }).click(),
  ]);
  return await readFile(await file.path());
}

export async function openDetails(page: Page, row: Locator): Promise<Locator> {
  await row.getByRole("button", { name: /^Mais ações/ }).click();
  await page.getByRole("menuitem", { name: "Detalhes" }).click();
  return page.getByRole("dialog", { name: /^Backup de/ });
}

/** Which names what dies, has the focus on the way out, and takes a safety backup unless told otherwise. */
export async function restoreDialog(page: Page, unit: string): Promise<Locator> {
  await page.getByRole("button", { name: new RegExp(`^Restaurar Backup de ${unit}`) }).click();
  const dialog = page.getByRole("dialog", { name: "Confirmar restauração" });
  await dialog.getByText(new RegExp(`Os dados atuais de ${unit} serão substituídos`)).waitFor();
  const cancel = dialog.getByRole("button", { name: "Cancelar" });
  expect(await cancel.evaluate((it) => it === document.activeElement)).toBe(true);
  expect(await dialog.getByLabel("Fazer backup dos dados atuais antes").isChecked()).toBe(true);
  return dialog;
}

/** Waits for the safety backup and for the end of the restore, which is told among the activity. */
export async function restored(page: Page, unit: string): Promise<void> {
  await page
    .getByRole("row", { name: new RegExp(`^Backup de ${unit}`) })
    .filter({ hasText: "De segurança" })
    .waitFor({ timeout: JOB_MS });
  await page.goto(`${page.url()}/activity`);
  await page
    .getByRole("listitem")
    .filter({ hasText: "Restauração de" })
    .getByText("Concluído")
    .waitFor({ timeout: JOB_MS });
}
