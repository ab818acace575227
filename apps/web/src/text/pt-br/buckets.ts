import { pluralIn } from "../plural.ts";

const many = pluralIn("pt-BR");

export const buckets = {
  tab: "Navegar",
  title: "Buckets",
  empty: "Nenhum bucket ainda",
  emptyHelp: "Quando este recurso tiver buckets, eles aparecem aqui.",
  name: "Bucket",
  objects: "Objetos",
  size: "Tamanho",
  created: "Criado",
  uncounted: "muitos",
  choose: "Selecione os buckets para o backup",
  chooseAll: "Selecionar todos",
  chooseOne: (name: string) => `Selecionar ${name}`,
  open: (name: string) => `Abrir ${name}`,
  backupSome: (count: number) =>
    count === 0 ? "Backup dos selecionados" : `Backup de ${many(count, "selecionado", "selecionados")}`,
  backupAll: "Backup de todos",
  refused: "O backup não começou",
};

export const browse = {
  trail: "Onde você está",
  root: "Buckets",
  name: "Nome",
  size: "Tamanho",
  modified: "Modificado",
  acts: "Ações",
  search: "Buscar aqui e abaixo",
  searchAct: "Buscar",
  clear: "Limpar busca",
  list: (where: string) => `Conteúdo de ${where}`,
  folder: (name: string) => `Pasta ${name}`,
  empty: "Nada nesta pasta",
  emptyHelp: "Envie um arquivo, ou volte à pasta de cima.",
  nothing: "Nada encontrado",
  nothingHelp: "A busca olha os nomes, nesta pasta e nas de dentro.",
  upload: "Enviar arquivo",
  uploading: (facts: { name: string; share: string }) => `Enviando ${facts.name}: ${facts.share}`,
  uploaded: (name: string) => `${name} foi enviado.`,
  uploadRefused: (name: string) => `${name} não foi enviado`,
  exists: (name: string) => `Substituir ${name}`,
  existsAbout: (facts: { name: string; where: string }) =>
    `Já existe ${facts.name} em ${facts.where}. O que está lá será substituído.`,
  zip: "Baixar em zip",
  preview: "Ver",
  previewOf: (name: string) => `Ver ${name}`,
  previewPart: (size: string) => `Só o começo: ${size}.`,
  previewNot: "Este tipo de arquivo não é mostrado aqui. Baixe para abrir.",
  previewRefused: "O arquivo não pôde ser lido",
  download: "Baixar",
  remove: "Excluir",
  removeTitle: (name: string) => `Excluir ${name}`,
  removeAbout: (facts: { name: string; bucket: string; size: string }) =>
    `${facts.name} (${facts.size}) será apagado do bucket ${facts.bucket}. Isto não tem volta, a não ser por um backup.`,
  removed: (name: string) => `${name} foi excluído.`,
};
