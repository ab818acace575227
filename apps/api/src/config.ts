export interface Config {
  readonly host: string;
}
