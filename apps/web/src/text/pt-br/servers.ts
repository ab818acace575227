import { pluralIn } from "../plural.ts";

const many = pluralIn("pt-BR");

export const servers = {
  title: "Servidores",
  about: "As máquinas onde os recursos vivem. O Cofre chega a elas por SSH, sem instalar nada.",
  empty: "Nenhum servidor ainda",
  emptyHelp: "Adicione um por SSH para que seus contêineres sejam encontrados.",
  add: "Adicionar servidor",
  local: "esta máquina",
  status: { online: "No ar", offline: "Fora do ar", unknown: "Ainda não visto" },
  resources: (count: number) => (count === 0 ? "nenhum recurso" : many(count, "recurso", "recursos")),
  disk: (facts: { free: string; total: string }) => `${facts.free} livres de ${facts.total}`,
  diskLabel: "Disco",
  diskUnknown: "disco desconhecido",
  scanned: (ago: string) => `verificado ${ago}`,
  neverScanned: "nunca verificado",
  noDocker: "sem contêineres",
  test: "Testar",
  testOf: (name: string) => `Testar ${name}`,
  testTitle: (name: string) => `Teste de ${name}`,
  testOk: "Tudo certo",
  testFailed: "A conexão não deu certo",
  scan: "Procurar recursos",
  scanDone: (facts: { found: number; added: number }) =>
    `${many(facts.found, "recurso encontrado", "recursos encontrados")}, ${many(facts.added, "novo", "novos")}.`,
  edit: "Editar",
  remove: "Remover",
  removeTitle: (name: string) => `Remover ${name}`,
  removeAbout: (name: string) =>
    `O Cofre deixa de alcançar ${name} e de cuidar do que há nele. Nada é apagado no servidor.`,
  removeAct: (name: string) => `Remover ${name}`,
  removeKeeping: (name: string) => `Remover ${name} e manter o que ficou na lista`,
  stays: (facts: { resources: string; backups: number }) =>
    [
      facts.resources === "" ? "" : `Adicionados à mão e com backups: ${facts.resources}.`,
      facts.backups === 0
        ? ""
        : `${many(facts.backups, "backup de outro servidor está guardado aqui", "backups de outros servidores estão guardados aqui")}.`,
      "Ficam na lista, mas fora de alcance até o servidor ser adicionado de novo.",
    ]
      .filter(Boolean)
      .join(" "),
  removed: (facts: { server: string; kept: string }) =>
    facts.kept === ""
      ? `${facts.server} foi removido.`
      : `${facts.server} foi removido. Ficam na lista, com seus backups: ${facts.kept}.`,
  listName: "Lista de servidores",
  system: "Sistema",
  containers: "Contêineres",
  user: "Usuário",
  tools: "Programas",
  root: "root",
  sudo: "sudo sem senha",
  took: "Tempo de resposta",
  warnings: "Funciona, mas poderia ser melhor",
};

export const addServer = {
  title: "Adicionar servidor",
  editTitle: (name: string) => `Editar ${name}`,
  name: "Nome",
  nameHelp: "Como você o chama: web-1, banco-2.",
  host: "Endereço",
  hostHelp: "Nome ou IP, como no comando ssh.",
  port: "Porta",
  user: "Usuário",
  userHelp: "Com acesso ao Docker, ou sudo sem senha.",
  auth: "Como entrar",
  authPassword: "Senha",
  authKey: "Chave privada",
  authKeep: "Manter como está",
  password: "Senha",
  key: "Chave privada",
  keyHelp: "Cole o arquivo inteiro, de BEGIN a END. É guardada cifrada.",
  passphrase: "Frase da chave",
  passphraseHelp: "Só se a chave tiver uma.",
  root: "Pasta dos backups",
  rootHelp: "Vazio: /opt/backups, ou a pasta do usuário.",
  fetch: "Continuar",
  keyTitle: "Este servidor é mesmo o seu?",
  keyAbout: (host: string) =>
    `${host} mostrou esta chave. Compare com a que está no servidor antes de confiar.`,
  keyCompare: "No servidor, o comando abaixo mostra a mesma linha:",
  fingerprint: "Impressão digital",
  algorithm: "Algoritmo",
  confirm: "A chave confere, conectar",
  save: "Testar e salvar",
  refused: "A conexão não deu certo",
  added: (name: string) => `${name} foi adicionado.`,
  saved: (name: string) => `${name} foi salvo.`,
  lookAgain: "Ver a chave de agora",
  newKey: "A chave do servidor mudou",
};
