/** Open WebUI's tables as typed Drizzle tables of MySQL and MariaDB: `@org/migrate-schema/mysql`. Needs drizzle-orm. */
import { toDrizzleAll } from '@org/migrate-drizzle/mysql'
import { tables } from './tables/all.ts'
import { columnCodecs } from './tables/drizzle.ts'

export { jsonNull } from './tables/drizzle.ts'

const drizzleTables = toDrizzleAll(tables, columnCodecs)

/** The Drizzle tables by their names in the database; also what `drizzle({ schema })` and `drizzleOf(db, { schema })` take. */
export const schema: typeof drizzleTables = drizzleTables

export const { channel, channel_member, chat, chat_tag, chatidtag, folder, message, message_reaction, tag } = schema
export const { document, feedback, file, knowledge, memory, model, note, prompt, tool } = schema
export const { function: functionTable, auth, group, group_member, user } = schema
export const { config, token_group, token_usage } = schema

export type TableName = keyof typeof schema
/** A row as a query gives it: `Selected<'chat'>`. */
export type Selected<N extends TableName> = (typeof schema)[N]['$inferSelect']
/** A row as an insert takes it. */
export type Inserted<N extends TableName> = (typeof schema)[N]['$inferInsert']
