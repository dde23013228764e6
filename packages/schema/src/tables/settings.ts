import { table } from '@org/migrate-core'
import { optional, required } from './columns.ts'

export const config = table(
  'config',
  { key: required.keyText(), value: required.json(), updated_at: optional.bigint() },
  { primaryKey: ['key'] },
)

export const token_group = table(
  'token_group',
  {
    name: required.keyText(),
    models: optional.json(),
    limit: optional.bigint(),
    created_at: optional.bigint(),
    updated_at: optional.bigint(),
    /** NULL means 00:00. */
    reset_time: optional.text(),
    /** NULL means UTC. */
    reset_timezone: optional.text(),
    reset_schedule: optional.json(),
  },
  { primaryKey: ['name'] },
)

export const token_usage = table(
  'token_usage',
  {
    group_name: required.keyText(),
    token_in: optional.bigint(),
    token_out: optional.bigint(),
    token_total: optional.bigint(),
    updated_at: optional.bigint(),
    last_reset_date: optional.text(),
    last_reset_timestamp: optional.bigint(),
  },
  { primaryKey: ['group_name'] },
)
