import { appendFile, readFile } from "node:fs/promises";
import { absentReason, type StartedS3, startMinio } from "@cofre/lab";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { absentBrowser, openBrowser } from "./browser.ts";
import { openBackups, setUp, stranger } from "./person.ts";
import { type StartedCofre, startCofre } from "./start-cofre.ts";

const absent = absentReason({ engine: "minio", version: "RELEASE.2025-09-07T16-13-09Z" }) ?? absentBrowser();
const JOB_MS = 120_000;
const ROAD_MS = 300_000;
/** One empty page, and a script for whoever opens it. */
const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(this.ran = parent.ran = true;)>>>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj
trailer<</Root 1 0 R>>`;
const CONTRACT = "Contrato de prestação de serviços";

describe.skipIf(absent !== null)(
  `stores, keys and buckets in the panel${absent === null ? "" : ` (${absent})`}`,
  { timeout: ROAD_MS },
  () => {
    let cofre: StartedCofre;
    let browser: Browser;
    let minio: StartedS3;
    let page: Page;

    beforeAll(async () => {
      minio = await startMinio({ console: true });
      await minio.exec(["sh", "-c", "mkdir -p /data/uploads /data/temp /data/vault"]);
      [cofre, browser] = await Promise.all([startCofre(), openBrowser()]);
      page = (await stranger(browser)).page;
      await setUp(page, cofre);
    });
    afterAll(async () => {
      await browser?.close();
      await cofre?.[Symbol.asyncDispose]();
      await minio?.[Symbol.asyncDispose]();
    });

    const hasFocus = (control: Locator) => control.evaluate((element) => element === document.activeElement);

    test("a bucket is refused as a store with a wrong secret, and added with the right one", async () => {
      await page.getByRole("link", { name: "Destinos" }).click();
      await page.getByRole("button", { name: "Adicionar destino" }).first().click();
      const dialog = page.getByRole("dialog", { name: "Adicionar destino" });
      await dialog.getByLabel("Bucket S3").check();
      await dialog.getByLabel("Nome", { exact: true }).fill("bucket de fora");
      await dialog.getByLabel("Endereço do S3").fill(minio.endpoint);
      await dialog.getByLabel("Bucket", { exact: true }).fill("vault");
      await dialog.getByLabel("Chave de acesso").fill(minio.accessKey);
      await dialog.getByLabel("Chave secreta").fill("não é esta");
      await dialog.getByRole("button", { name: "Testar e adicionar" }).click();
      await dialog.getByRole("alert").getByText("Este destino não serve assim").waitFor({ timeout: JOB_MS });
      await dialog.getByLabel("Chave secreta").fill(minio.secretKey);
      await dialog.getByRole("button", { name: "Testar e adicionar" }).click();
      await dialog.waitFor({ state: "detached", timeout: JOB_MS });
      const line = page.getByRole("list", { name: "Lista de destinos" }).getByRole("listitem");
      await line
        .filter({ hasText: "bucket de fora" })
        .getByText(/^vault em 127/)
        .waitFor();
    });

    test("testing a store tells every promise by itself", async () => {
      await page.getByRole("button", { name: "Testar bucket de fora" }).click();
      const dialog = page.getByRole("dialog", { name: "Teste de bucket de fora" });
      await dialog.getByText("Tudo certo: backups podem ficar aqui").waitFor({ timeout: JOB_MS });
      const lines = dialog.getByRole("list", { name: "Resultado linha por linha" }).getByRole("listitem");
      await lines.filter({ hasText: "Nunca escreve por cima" }).getByText("cumpriu").waitFor();
      expect(await lines.count()).toBeGreaterThan(10);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    });

    test("a key encrypts nothing before a code out of its saved kit was typed", async () => {
      await page.goto(`${cofre.address}/organization/encryption`);
      await page.getByRole("button", { name: "Nova chave" }).first().click();
      await page.getByLabel("Nome", { exact: true }).fill("Loja 2027");
      await page.getByRole("button", { name: "Criar e guardar o kit" }).click();
      const dialog = page.getByRole("dialog", { name: "Kit de recuperação de Loja 2027" });
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        dialog.getByRole("button", { name: "Baixar o kit" }).click(),
      ]);
      const kit = await readFile(await download.path(), "utf8");
      expect(kit).toContain("BEGIN PGP PRIVATE KEY BLOCK");
      await dialog.getByLabel("Código do kit").fill("2222");
      await dialog.getByRole("button", { name: "Guardei o kit e a frase" }).click();
      await dialog.getByRole("alert").getByText("O kit não foi confirmado").waitFor();
      await dialog.getByLabel("Código do kit").fill(/^Code +(\S+)$/m.exec(kit)?.[1]?.slice(-4) ?? "");
      await dialog.getByRole("button", { name: "Guardei o kit e a frase" }).click();
      await dialog.waitFor({ state: "detached" });
      const line = page.getByRole("list", { name: "Chaves de criptografia" }).getByRole("listitem");
      await line.filter({ hasText: "Loja 2027" }).getByText("Em uso").waitFor();
    });

    test("the console of a MinIO is one click away, with the address at which it answers", async () => {
      await page.goto(cofre.address);
      await page.getByRole("button", { name: "Procurar de novo" }).first().click();
      const reach = `Acessar console de ${minio.name}`;
      await page.getByRole("button", { name: reach }).click();
      const dialog = page.getByRole("dialog", { name: reach });
      const link = dialog.getByRole("link", { name: "Abrir console" });
      expect(await link.getAttribute("rel")).toContain("noreferrer");
      const there = await fetch(`${await link.getAttribute("href")}/login`);
      expect(await there.text()).toContain("MinIO Console");
      // The page came from localhost, by which its reader sits here or has a tunnel.
      await dialog.getByText("por um túnel seu").waitFor();
      expect(await dialog.getByText("-L 9001:").textContent()).toMatch(/^-L 9001:[\d.]+:9001$/);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    });

    test("a file goes into a bucket, is seen as text, and is found by a few letters", async () => {
      await page.goto(cofre.address);
      await page.getByRole("button", { name: "Procurar de novo" }).first().click();
      await openBackups(page, cofre, minio.name);
      await page.getByRole("link", { name: "Navegar" }).click();
      await page.getByRole("button", { name: "Abrir uploads" }).click();
      await page.getByText("Nada nesta pasta").waitFor();
      for (const name of ["contrato.txt", "rascunho.txt"]) {
        await page
          .getByLabel("Enviar arquivo", { exact: true })
          .first()
          .setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(CONTRACT) });
        await page.getByRole("button", { name: `Ver ${name}` }).waitFor();
      }
      await page.getByRole("searchbox").fill("CONTR");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Ver rascunho.txt" }).waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Ver contrato.txt" }).click();
      await page.getByRole("dialog", { name: "contrato.txt" }).getByText(CONTRACT).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Limpar busca" }).click();
    });

    test("a PDF is shown by the browser's viewer; what holds a script never runs in the panel", async () => {
      const script = "parent.ran = window.ran = true";
      const html = `<html><script>${script}</script></html>`;
      const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>${script}</script></svg>`;
      const see = async (name: string, { mimeType = "", text = "" }) => {
        const file = { name, mimeType, buffer: Buffer.from(text) };
        await page.getByLabel("Enviar arquivo", { exact: true }).first().setInputFiles(file);
        await page.getByRole("button", { name: `Ver ${name}` }).click();
        return page.getByRole("dialog", { name });
      };
      const close = async (dialog: Locator) => {
        await dialog.getByRole("button", { name: "Fechar" }).last().click();
        await dialog.waitFor({ state: "detached" });
      };
      const contract = await see("a.pdf", { mimeType: "application/pdf", text: PDF });
      await contract.locator("iframe[title='a.pdf']").waitFor();
      await expect.poll(() => page.frames().some((frame) => frame.url().startsWith("blob:"))).toBe(true);
      await close(contract);
      const lie = await see("b.pdf", { mimeType: "application/pdf", text: html });
      await lie.getByText(/^Este tipo de arquivo não/).waitFor();
      await close(lie);
      const drawing = await see("c.svg", { mimeType: "image/svg+xml", text: svg });
      await drawing.getByText(svg).waitFor();
      await close(drawing);
      const letter = await see("d.html", { mimeType: "text/html", text: html });
      await letter.getByText(html).waitFor();
      await close(letter);
      expect(await page.evaluate(() => "ran" in window)).toBe(false);
    });

    test("the ticked bucket alone is backed up, into the bucket elsewhere and encrypted", async () => {
      await page
        .getByRole("navigation", { name: "Onde você está" })
        .getByRole("button", { name: "Buckets" })
        .click();
      await page.getByLabel("Selecionar uploads").check();
      await page.getByRole("button", { name: "Backup de 1 selecionado" }).click();
      await page.getByRole("link", { name: "Backups", exact: true }).click();
      await page.getByRole("row", { name: /^Backup de uploads/ }).waitFor({ timeout: JOB_MS });

      await page.getByRole("button", { name: "Criar backup", exact: true }).click();
      const dialog = page.getByRole("dialog");
      await dialog
        .getByLabel("Destino")
        .selectOption({ label: `bucket de fora (vault em ${new URL(minio.endpoint).host})` });
      await dialog.getByLabel("Criptografia").selectOption({ label: "Cifrar com Loja 2027" });
      await dialog.getByLabel("Nota").fill("cifrado e longe");
      await dialog.getByRole("button", { name: "Criar backup" }).click();
      const row = page.getByRole("row").filter({ hasText: "cifrado e longe" });
      await row.getByRole("button", { name: /^Restaurar/ }).waitFor({ timeout: JOB_MS });
      await row.getByRole("button", { name: /^Baixar/ }).click();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page
          .getByRole("dialog", { name: "Baixar backup cifrado" })
          .getByRole("button", { name: "Baixar" })
          .click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/\.gpg$/);
    });

    test("a copy rests in another store only once it was compared", async () => {
      const row = page.getByRole("row", { name: /^Backup de uploads/ });
      await row.getByRole("button", { name: /^Mais ações/ }).click();
      await page.getByRole("menuitem", { name: "Detalhes" }).click();
      const where = page.getByRole("dialog").getByRole("region", { name: "Onde está" });
      await where.getByLabel("Copiar também para").selectOption({ label: "bucket de fora" });
      await where.getByRole("button", { name: "Copiar", exact: true }).click();
      await where
        .getByRole("listitem")
        .filter({ hasText: "bucket de fora" })
        .getByText(/^conferida/)
        .waitFor({ timeout: JOB_MS });
      await page.keyboard.press("Escape");
    });

    test("an original that was damaged since is told beside the copy that is whole", async () => {
      const row = page.getByRole("row", { name: /^Backup de uploads/ });
      await row.getByRole("button", { name: /^Mais ações/ }).click();
      await page.getByRole("menuitem", { name: "Detalhes" }).click();
      const place = await page.getByRole("dialog").locator("code").first().textContent();
      await appendFile(place ?? "", "damage");
      await page.keyboard.press("Escape");
      await row.getByRole("button", { name: /^Mais ações/ }).click();
      await page.getByRole("menuitem", { name: "Validar" }).click();
      await row.getByText("Íntegro só na cópia").waitFor({ timeout: JOB_MS });
      await row.getByRole("button", { name: /^Mais ações/ }).click();
      await page.getByRole("menuitem", { name: "Detalhes" }).click();
      await page.getByRole("dialog").getByText("original danificado").waitFor();
      await page.keyboard.press("Escape");
    });

    test("a bucket comes back into another one, after its name was typed", async () => {
      await page.getByRole("button", { name: /^Restaurar Backup de uploads/ }).click();
      const dialog = page.getByRole("dialog", { name: "Confirmar restauração" });
      expect(await hasFocus(dialog.getByRole("button", { name: "Cancelar" }))).toBe(true);
      await dialog.getByLabel("Em outro bucket").fill("temp");
      await dialog.getByLabel("Digite temp para confirmar").fill("temp");
      await dialog.getByRole("button", { name: `Restaurar temp em ${minio.name}` }).click();
      await page.getByRole("link", { name: "Atividade" }).last().click();
      const restored = page.getByRole("listitem").filter({ hasText: "Restauração de" });
      await restored.getByText("Concluído").waitFor({ timeout: JOB_MS });
      await page.getByRole("link", { name: "Navegar" }).click();
      await page.getByRole("button", { name: "Abrir temp" }).click();
      await page.getByRole("button", { name: "Ver contrato.txt" }).waitFor();
    });

    test("a backup whose place is away is not deleted: that is told, and it stays what it was", async () => {
      await minio.stop();
      await page.getByRole("link", { name: "Backups", exact: true }).click();
      const row = page.getByRole("row").filter({ hasText: "cifrado e longe" });
      await row.getByRole("button", { name: /^Mais ações/ }).click();
      await page.getByRole("menuitem", { name: "Excluir" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: /^Excluir/ }).click();
      await dialog.getByRole("alert").waitFor({ timeout: JOB_MS });
      await page.keyboard.press("Escape");
      await row.getByRole("button", { name: /^Mais ações/ }).waitFor();
      expect(await row.getByText("Sendo excluído").count()).toBe(0);
    });
  },
);
