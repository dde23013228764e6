/**
 * Open WebUI's tables as they stand at HEAD, declared once for every database. Light: nothing here needs Drizzle.
 * The typed Drizzle tables are in `@org/migrate-schema/sqlite`, `/postgres` and `/mysql`, the Zod schemas in `/zod`.
 */
import { tables } from './tables/all.ts'

export { modelFor } from './model.ts'
export { jsonTextColumns, tables } from './tables/all.ts'
export * from './tables/chats.ts'
export * from './tables/content.ts'
export type { JsonNumber, JsonValue } from './tables/json-value.ts'
export * from './tables/people.ts'
export * from './tables/settings.ts'

/** The declared tables as a list: what comparisons are made with. */
export const openWebuiSchema = Object.freeze(Object.values(tables))
