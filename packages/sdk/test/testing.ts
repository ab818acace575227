export { placeMigratedDatabase } from "@cofre/api/testing";
export { type StartedCofre, startCofre } from "./start-cofre.ts";
export { type StartedShop, startShop } from "./start-shop.ts";
