import type { DialectIntrospection } from '@org/migrate-core/dialect'
import { columnNames } from './column-names.ts'
import { introspect } from './index.ts'
import { obstacles } from './obstacles.ts'
import { tableColumns } from './table-columns.ts'

export const introspection: DialectIntrospection = { schema: introspect, tableColumns, columnNames, obstacles }
