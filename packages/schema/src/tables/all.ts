import * as chats from './chats.ts'
import * as content from './content.ts'
import * as people from './people.ts'
import * as settings from './settings.ts'

const { functionTable, ...contentTables } = content

/** Every declared table by its name in the database. */
export const tables = { ...chats, ...contentTables, function: functionTable, ...people, ...settings } as const

/** The text columns that hold JSON. */
export const jsonTextColumns = {
  function: ['meta', 'valves'],
  model: ['meta', 'params'],
  tool: ['specs', 'meta', 'valves'],
  user: ['settings', 'info'],
} as const
