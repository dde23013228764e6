import type { Case } from '../case.ts'
import { columns } from './columns.ts'
import { defaults } from './defaults.ts'
import { enums } from './enums.ts'
import { facts } from './facts.ts'
import { foreignKeys } from './foreign-keys.ts'
import { indexes } from './indexes.ts'
import { keys } from './keys.ts'
import { movedViews } from './moved-views.ts'
import { policies } from './policies.ts'
import { rewritten } from './rewritten.ts'
import { sequences } from './sequences.ts'
import { spellings } from './spellings.ts'
import { tables } from './tables.ts'
import { together } from './together.ts'
import { types } from './types.ts'
import { alongsideTables } from './unmanaged.ts'
import { views } from './views.ts'

export const postgresCases: readonly Case[] = [
  ...columns,
  ...types,
  ...defaults,
  ...facts,
  ...enums,
  ...keys,
  ...foreignKeys,
  ...indexes,
  ...tables,
  ...alongsideTables,
  ...policies,
  ...views,
  ...movedViews,
  ...sequences,
  ...spellings,
  ...together,
  ...rewritten,
]
