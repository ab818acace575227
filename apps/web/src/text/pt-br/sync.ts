import { pluralIn } from "../plural.ts";

const many = pluralIn("pt-BR");

export const sync = {
  title: "Sincronização com outro S3",
  about:
    "Os buckets são copiados para um destino S3, objeto por objeto, e comparados a cada vez. Não substitui o backup.",
  on: "Sincronizar por agenda",
  onHelp: "Copia só o que mudou.",
  to: "Para",
  noStore: "É preciso um destino S3 para sincronizar.",
  deletions: "O que for apagado aqui",
  deletion: { keep: "Continua lá", mirror: "É apagado lá também" },
  deletionHelp: {
    keep: "Nada é apagado no destino.",
    mirror: "Só o que a sincronização copiou é apagado no destino.",
  },
  now: "Sincronizar agora",
  save: "Salvar sincronização",
  saved: "Sincronização salva.",
  started: "Sincronização iniciada.",
  report: "Última vez",
  notEnded: "A sincronização não chegou ao fim",
  did: (facts: { when: string; copied: string; size: string; deleted: string; objects: string }) =>
    `${facts.when}: ${facts.copied} copiados (${facts.size}), ${facts.deleted} apagados, de ${facts.objects} objetos.`,
  same: "Os dois lados estão iguais.",
  differ: (count: number) => many(count, "objeto ainda difere:", "objetos ainda diferem:"),
  why: {
    missing: "falta no destino",
    size: "tamanho diferente",
    content: "conteúdo diferente",
    properties: "propriedades diferentes",
    extra: "só existe no destino",
  },
};
