import type { DialectIntrospection } from '@org/migrate-core/dialect'
import { columnNames } from './column-names.ts'
import { introspect } from './index.ts'
import { obstacles } from './obstacles.ts'

export const introspection: DialectIntrospection = { schema: introspect, columnNames, obstacles }
