/** What Drizzle on every dialect has in common: `@org/migrate-drizzle`. Tables and connections come from the entry of a dialect. */
export { type ColumnCodec, invalidValue, type JsonCodec, type ValueLocation } from './build/values.ts'
export type { DatabaseSession, OpenDatabase } from './connect/open-database.ts'
export type { PoolOptions } from './connect/pool-options.ts'
export type { UseOptions } from './connect/use-signal.ts'
