import { procedure } from "./init.ts";

export const open = procedure;
export const viewer = procedure;
export const operator = procedure;
export const admin = procedure;
export const owner = procedure;
