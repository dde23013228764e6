import type { Case } from '../case.ts'
import { columns } from './columns.ts'
import { defaults } from './defaults.ts'
import { enums } from './enums.ts'
import { facts } from './facts.ts'
import { foreignKeyOrder } from './foreign-key-order.ts'
import { foreignKeys } from './foreign-keys.ts'
import { indexes } from './indexes.ts'
import { keys } from './keys.ts'
import { spellings } from './spellings.ts'
import { tables } from './tables.ts'
import { types } from './types.ts'
import { views } from './views.ts'

export const mysqlCases: readonly Case[] = [
  ...columns,
  ...types,
  ...defaults,
  ...facts,
  ...enums,
  ...keys,
  ...foreignKeys,
  ...foreignKeyOrder,
  ...indexes,
  ...tables,
  ...views,
  ...spellings,
]
