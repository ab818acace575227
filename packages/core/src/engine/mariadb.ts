import { mysqlish } from "./mysqlish.ts";
import { MARIADB } from "./mysqlish-vendor.ts";

/** MariaDB. */
export const mariadb = mysqlish(MARIADB);
