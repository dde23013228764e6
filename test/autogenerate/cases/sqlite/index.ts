import type { Case } from '../case.ts'
import { columns } from './columns.ts'
import { defaults } from './defaults.ts'
import { facts } from './facts.ts'
import { foreignKeys } from './foreign-keys.ts'
import { indexes } from './indexes.ts'
import { keys } from './keys.ts'
import { spellings } from './spellings.ts'
import { tables } from './tables.ts'
import { types } from './types.ts'
import { views } from './views.ts'

export const sqliteCases: readonly Case[] = [
  ...columns,
  ...types,
  ...defaults,
  ...facts,
  ...keys,
  ...foreignKeys,
  ...indexes,
  ...tables,
  ...views,
  ...spellings,
]
