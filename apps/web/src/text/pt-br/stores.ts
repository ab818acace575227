import { pluralIn } from "../plural.ts";

const many = pluralIn("pt-BR");

export const stores = {
  title: "Destinos",
  about: "Onde os backups ficam. Um que não seja o próprio servidor protege até da perda dele.",
  listName: "Lista de destinos",
  copies: (count: number) => many(count, "cópia", "cópias"),
  empty: "Nenhum destino ainda",
  emptyHelp: "Adicione uma pasta de um servidor, para que os backups tenham onde ficar.",
  add: "Adicionar destino",
  folderOn: (facts: { root: string; server: string }) => `${facts.root} em ${facts.server}`,
  isDefault: "Padrão",
  defaultHelp: "Os recursos deste servidor guardam aqui, se nada for dito.",
  holds: (facts: { count: number; size: string }) =>
    facts.count === 0 ? "nenhum backup" : `${many(facts.count, "backup", "backups")}, ${facts.size}`,
  checked: (ago: string) => `verificado ${ago}`,
  neverChecked: "nunca verificado",
  test: "Testar",
  testOf: (name: string) => `Testar ${name}`,
  edit: "Editar",
  makeDefault: "Tornar padrão",
  madeDefault: (name: string) => `${name} agora é o destino padrão do servidor.`,
  remove: "Remover",
  removeTitle: (name: string) => `Remover ${name}`,
  removeAbout: (name: string) =>
    `O Cofre deixa de guardar em ${name}. O que está lá não é apagado. Um destino com backups não pode ser removido.`,
  removed: (name: string) => `${name} foi removido.`,
};

export const storeForm = {
  title: "Adicionar destino",
  editTitle: (name: string) => `Editar ${name}`,
  name: "Nome",
  nameHelp: "Como você o chama: disco do escritório, bucket de fora.",
  kind: "Tipo",
  kinds: { directory: "Pasta de um servidor", s3: "Bucket S3" },
  kindHelp: {
    directory: "No disco de uma máquina que o Cofre alcança.",
    s3: "Na AWS, em um MinIO ou em qualquer outro S3: fica de pé se o servidor se perder.",
  },
  endpoint: "Endereço do S3",
  endpointHelp: "Só o endereço, sem o bucket.",
  region: "Região",
  bucket: "Bucket",
  prefix: "Pasta no bucket",
  secretKept: "Vazio mantém a atual.",
  more: "Opções do S3",
  pathStyle: "Bucket no caminho do endereço",
  pathStyleHelp: "Como pedem o MinIO e quase todos que não são a AWS.",
  storageClass: "Classe de armazenamento",
  lock: "Trava contra exclusão (Object Lock)",
  locks: { none: "Sem trava", GOVERNANCE: "Governança", COMPLIANCE: "Conformidade" },
  lockHelp: {
    none: "Quem tem a chave pode apagar os backups.",
    GOVERNANCE:
      "Só apaga quem tem o direito especial de passar por cima. O bucket precisa ter sido criado com Object Lock.",
    COMPLIANCE:
      "Ninguém apaga antes do prazo, nem o dono da conta. O bucket precisa ter sido criado com Object Lock.",
  },
  lockDays: "Dias",
  ca: "Certificado da autoridade (CA)",
  caHelp: "Só se o endereço usa um certificado próprio. Cole de BEGIN a END.",
  server: "Servidor",
  root: "Pasta",
  rootHelp: "Caminho inteiro. É criada se não existir.",
  isDefault: "Usar como padrão deste servidor",
  isDefaultHelp: "Novos backups dos recursos dele ficam aqui.",
  test: "Testar e adicionar",
  anyway: "Adicionar sem testar",
  refused: "Este destino não serve assim",
  added: (name: string) => `${name} foi adicionado.`,
  saved: (name: string) => `${name} foi salvo.`,
};

export const storeTest = {
  title: (name: string) => `Teste de ${name}`,
  about: "Escreve, lê e apaga arquivos pequenos, como um backup faz. Nada seu é tocado.",
  running: "Testando. Leva de alguns segundos a dois minutos.",
  ok: "Tudo certo: backups podem ficar aqui",
  failed: (count: number) => many(count, "promessa não foi cumprida", "promessas não foram cumpridas"),
  attempted: "O teste não pôde ser feito",
  results: "Resultado linha por linha",
  passed: "cumpriu",
  broken: "não cumpriu",
  checks: {
    reached: "Responde",
    "reads-back": "Devolve o que guardou",
    "keeps-nothing-empty": "Guarda também um arquivo vazio",
    "reads-back-large": "Devolve um arquivo grande, em partes",
    "reads-ranges": "Lê só um trecho",
    "errors-beyond-the-end": "Avisa quando se pede além do fim",
    "never-overwrites": "Nunca escreve por cima",
    "shows-nothing-early": "Só mostra o que está completo",
    "leaves-nothing-of-a-failure": "Não deixa restos de uma falha",
    "tells-what-is-missing": "Diz o que não existe",
    "lists-folders": "Lista o que há em uma pasta",
    "keeps-odd-names": "Aceita nomes difíceis",
    removes: "Apaga o que se manda apagar",
    "tells-its-space": "Diz quanto espaço tem",
  },
};

export const storeChoice = {
  title: "Onde os backups ficam",
  about: "O primeiro destino recebe o backup; os outros recebem uma cópia, conferida byte por byte.",
  first: "Destino dos backups",
  usual: {
    project: "O do projeto, ou o padrão do servidor",
    server: "O padrão do servidor de cada recurso",
  },
  copies: "Cópias",
  noCopies: { project: "Como no projeto", server: "Sem cópias" },
  copyTo: "Copiar cada backup para",
  copyHelp: "Nenhum marcado: sem cópias. Os backups que já existem também são copiados.",
  save: "Salvar destinos",
  saved: "Destinos salvos.",
};

export const copies = {
  title: "Onde está",
  first: "original",
  firstDamaged: "original danificado",
  firstDamagedHelp: "O original está danificado. Restaurar e baixar usam a cópia; crie um novo backup.",
  status: {
    pending: "na fila",
    running: "copiando",
    completed: "conferida",
    failed: "falhou",
    cancelled: "cancelada",
  },
  verified: (when: string) => `conferida ${when}`,
  to: "Copiar também para",
  add: "Copiar",
  started: "Cópia iniciada.",
  refused: "A cópia não começou",
  remove: "Excluir cópia",
  removeOf: (name: string) => `Excluir a cópia em ${name}`,
  removeTitle: (name: string) => `Excluir a cópia em ${name}?`,
  removeAbout: (facts: { backup: string; store: string }) =>
    `A cópia de ${facts.backup} em ${facts.store} será apagada. O backup original e as outras cópias ficam.`,
};
