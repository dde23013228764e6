import type { Case } from '../case.ts'
import { columns } from './columns.ts'
import { defaults } from './defaults.ts'
import { enums } from './enums.ts'
import { facts } from './facts.ts'
import { keys } from './keys.ts'
import { types } from './types.ts'

export const mysqlCases: readonly Case[] = [...columns, ...types, ...defaults, ...facts, ...enums, ...keys]
