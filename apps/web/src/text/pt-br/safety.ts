export const safety = {
  label: "Segurança",
  name: {
    proven: "Comprovado",
    protected: "Protegido",
    "local-only": "Só neste servidor",
    "at-risk": "Em risco",
    unprotected: "Desprotegido",
    away: "Ausente",
  },
  summary: {
    proven: (count: number) => `${count} ${count === 1 ? "comprovado" : "comprovados"}`,
    protected: (count: number) => `${count} ${count === 1 ? "protegido" : "protegidos"}`,
    "local-only": (count: number) => `${count} só no próprio servidor`,
    "at-risk": (count: number) => `${count} em risco`,
    unprotected: (count: number) => `${count} ${count === 1 ? "desprotegido" : "desprotegidos"}`,
    away: (count: number) => `${count} ${count === 1 ? "ausente" : "ausentes"}`,
  },
  fresh: (facts: { ago: string; size: string }) => `Último backup ${facts.ago}, ${facts.size}.`,
  tried: (facts: { ago: string; proven: string }) =>
    `Último backup ${facts.ago}, restaurado em teste ${facts.proven}.`,
  newest: (ago: string) => `Último backup completo ${ago}.`,
  next: (when: string) => `Próximo ${when}.`,
  never: "Ainda não há backup completo.",
  failing: (facts: { ago: string; cause: string }) =>
    `A última tentativa falhou ${facts.ago}: ${facts.cause}.`,
  suspicious: (facts: { unit: string; ago: string; doubt: string }) =>
    `O backup de ${facts.unit} ${facts.ago} ${facts.doubt}.`,
  doubt: {
    empty: "está vazio",
    emptied: (before: string) => `não tem nenhum registro; antes eram ${before}`,
    tablesLost: (facts: { now: number; before: number }) =>
      `tem ${facts.now} tabelas; antes eram ${facts.before}`,
    shrunken: (facts: { now: string; before: string }) =>
      `tem ${facts.now}; os anteriores tinham ${facts.before}`,
  },
  overdue: (ago: string) => `O próximo era esperado ${ago}.`,
  unitsWithout: (names: string) => `Sem backup completo de ${names}.`,
  noSchedule: "Nenhum outro está agendado.",
  gone: "O contêiner não está mais lá.",
  step: {
    none: "",
    "keep-a-copy-elsewhere": "Guardar cópia em outro destino",
    "fix-the-failure": "Ver o que houve",
    "look-at-the-backup": "Ver o backup",
    "take-a-backup": "Criar backup",
    "set-a-schedule": "Ligar backup automático",
    "find-the-resource": "Inicie o contêiner de novo, ou remova o recurso: os backups ficam.",
  },
};
