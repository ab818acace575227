export { type FakeClock, fakeClock } from "./fake-clock.ts";
export { type FaultyStore, faultyStore, type Trouble } from "./faulty-store.ts";
export { type RandomData, randomData } from "./random-data.ts";
export { makeBucket } from "./s3-bench.ts";
export { awkwardNames, awkwardPasswords } from "./specimens.ts";
export { type TemporaryFolder, temporaryFolder } from "./temporary-folder.ts";
