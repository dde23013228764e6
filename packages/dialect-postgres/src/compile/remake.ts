import {
  type ColumnModel,
  type ConstraintModel,
  type SchemaModel,
  type Statement,
  sql,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { mentions } from '../names-in.ts'
import { quote } from '../quote.ts'
import type { Features } from '../version.ts'
import { commentOnColumn } from './comments.ts'
import { addConstraint, dropNamed, keysTo } from './constraints.ts'
import { columnDefinition } from './definitions.ts'
import { surroundings } from './dependants.ts'
import { createIndex, dropIndex } from './indexes.ts'
import { alterTable, refText, tableOf } from './statements.ts'

const reads = (column: string, texts: readonly (string | undefined)[]): boolean =>
  texts.some((text) => text !== undefined && mentions(text, column))

function isOn(constraint: ConstraintModel, column: string): boolean {
  if (constraint.kind === 'check') return reads(column, [constraint.expression])
  if (constraint.kind !== 'exclude') return constraint.columns.includes(column)
  return reads(column, [constraint.where, ...constraint.elements.map(({ expression }) => expression)])
}

function indexesOn({ indexes }: TableModel, column: string) {
  return indexes.filter(
    ({ elements, where, include = [] }) =>
      include.includes(column) ||
      elements.some((element) => element.column === column || reads(column, [element.expression])) ||
      reads(column, [where]),
  )
}

interface Remade {
  readonly before: SchemaModel
  readonly table: TableRef
  readonly now: ColumnModel
}

/**
 * A column whose values are computed anew by dropping and adding it: what stands on it, which would go with it without a word,
 * goes before and comes back after. It then is the last of its table.
 */
export function remakeColumn({ before, table, now }: Remade, features: Features): readonly Statement[] {
  const owner = tableOf(before, table)
  const texts = surroundings(before, [{ table, columns: [now.name] }])
  const constraints = owner.constraints.filter((constraint) => isOn(constraint, now.name))
  const indexes = indexesOn(owner, now.name)
  const keys = keysTo(before, table).filter(({ key }) => key.references.columns.includes(now.name))
  return [
    ...texts.away,
    ...keys.map(({ table: from, key }) => dropNamed(from, key)),
    ...constraints.map((constraint) => dropNamed(table, constraint)),
    ...indexes.map(({ name }) => dropIndex(table, name)),
    alterTable(table, sql`DROP COLUMN ${quote.identifier(now.name)}`),
    alterTable(table, sql`ADD COLUMN ${columnDefinition(table, now, features)}`, {
      note: `compute the values of ${refText(table)}.${now.name}`,
    }),
    ...((now.comment ?? '') === '' ? [] : [commentOnColumn(table, now.name, now.comment)]),
    ...indexes.flatMap((index) => createIndex({ table, index }, features)),
    ...constraints.map((constraint) => addConstraint(table, constraint, features)),
    ...keys.map(({ table: from, key }) => addConstraint(from, key, features)),
    ...texts.back,
  ]
}
