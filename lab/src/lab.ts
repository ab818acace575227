export { absentReason } from "./absent.ts";
export type { CommandResult } from "./docker.ts";
export { type ExecOptions, wayInto } from "./enter.ts";
export { type Extent, extentOf, extentsOf } from "./extent.ts";
export type { FaultyTcpProxy, TcpTarget } from "./faulty-tcp-proxy.ts";
export { faultyTcpProxy } from "./faulty-tcp-proxy.ts";
export type {
  EngineName,
  InnerContainer,
  Lab,
  LabContainer,
  LabHostKey,
  LabKey,
  LabSshServer,
  LabSshUser,
  SshServerName,
} from "./read-lab.ts";
export { isLabUp, readLab } from "./read-lab.ts";
export type { StartedS3, StartS3Options } from "./s3-server.ts";
export type { StartedSqlServer, StartSqlServerOptions } from "./sql-server.ts";
export type { SshServer } from "./ssh-server.ts";
export { sshServer } from "./ssh-server.ts";
export type { StartOptions, ThrowawayContainer } from "./start-container.ts";
export { startContainer } from "./start-container.ts";
export { startMariadb } from "./start-mariadb.ts";
export { startMinio } from "./start-minio.ts";
export type { StartedMongo, StartMongoOptions } from "./start-mongo.ts";
export { startMongo } from "./start-mongo.ts";
export { startMysql } from "./start-mysql.ts";
export { startOtherS3 } from "./start-other-s3.ts";
export type { StartedPostgres, StartPostgresOptions } from "./start-postgres.ts";
export { startPostgres } from "./start-postgres.ts";
export type { StartedRedis, StartRedisOptions } from "./start-redis.ts";
export { startRedis } from "./start-redis.ts";
