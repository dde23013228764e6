/**
 * Open WebUI's tables as they stand at HEAD, declared once for every database. Light: nothing here needs Drizzle.
 * The typed Drizzle tables are in `@org/migrate-schema/sqlite`, the Zod schemas in `@org/migrate-schema/zod`.
 */
import { tables } from './tables/all.ts'

export { jsonTextColumns, tables } from './tables/all.ts'
export {
  channel,
  channel_member,
  chat,
  chat_tag,
  chatidtag,
  folder,
  message,
  message_reaction,
  tag,
} from './tables/chats.ts'
export {
  document,
  feedback,
  file,
  functionTable,
  knowledge,
  memory,
  model,
  note,
  prompt,
  tool,
} from './tables/content.ts'
export type { JsonNumber, JsonValue } from './tables/json-value.ts'
export { auth, group, group_member, user } from './tables/people.ts'
export { config, token_group, token_usage } from './tables/settings.ts'

/** The declared tables as a list: what comparisons are made with. */
export const openWebuiSchema = Object.freeze(Object.values(tables))
