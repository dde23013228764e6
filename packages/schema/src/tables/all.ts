import { channel, channel_member, chat, chat_tag, chatidtag, folder, message, message_reaction, tag } from './chats.ts'
import { document, feedback, file, functionTable, knowledge, memory, model, note, prompt, tool } from './content.ts'
import { auth, group, group_member, user } from './people.ts'
import { config, token_group, token_usage } from './settings.ts'

/** Every declared table by its name in the database. */
export const tables = {
  auth,
  channel,
  channel_member,
  chat,
  chat_tag,
  chatidtag,
  config,
  document,
  feedback,
  file,
  folder,
  function: functionTable,
  group,
  group_member,
  knowledge,
  memory,
  message,
  message_reaction,
  model,
  note,
  prompt,
  tag,
  token_group,
  token_usage,
  tool,
  user,
} as const

/** The text columns that hold JSON. */
export const jsonTextColumns = {
  function: ['meta', 'valves'],
  model: ['meta', 'params'],
  tool: ['specs', 'meta', 'valves'],
  user: ['settings', 'info'],
} as const
