import { mysqlish } from "./mysqlish.ts";
import { MYSQL } from "./mysqlish-vendor.ts";

/** MySQL and what keeps its protocol, catalogue and programs: Percona Server. */
export const mysql = mysqlish(MYSQL);
