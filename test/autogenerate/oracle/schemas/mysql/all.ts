import type { OracleSchema } from '../../schema.ts'
import { columns } from './columns.ts'
import { defaults } from './defaults.ts'
import { expressions } from './expressions.ts'
import { indexes } from './indexes.ts'
import { keys } from './keys.ts'
import { references } from './references.ts'
import { tables } from './tables.ts'

export const schemas: readonly OracleSchema[] = [
  ...columns,
  ...defaults,
  ...keys,
  ...indexes,
  ...references,
  ...expressions,
  ...tables,
]
