import { type ColumnModel, type SchemaModel, type Statement, sql, type TableRef } from '@org/migrate-core/dialect'
import { statisticsWord } from '../../introspect/whole/undeclared-facts.ts'
import { quote } from '../../sql/quote.ts'
import type { Features } from '../../sql/version.ts'
import { commentOnColumn } from '../comments.ts'
import { dropNamed, keysTo, restoreConstraint, rowsRefused } from '../constraints.ts'
import { columnDefinition } from '../definitions/definitions.ts'
import { createIndex, dropIndex } from '../indexes.ts'
import { alterTable, refText, tableOf } from '../statements.ts'
import { refuseDependants, surroundings } from './dependants.ts'
import { extraReads, extraStatements } from './extras.ts'
import { indexesOn, isOn, settingsOfStatistics } from './settings.ts'

interface ColumnRecreation {
  readonly before: SchemaModel
  readonly table: TableRef
  readonly now: ColumnModel
}

/**
 * A column whose values are recomputed by dropping and adding it: what stands on it, which would go with it without a word,
 * goes before and comes back after. It then is the last of its table.
 */
export function recreateColumn({ before, table, now }: ColumnRecreation, features: Features): readonly Statement[] {
  const owner = tableOf(before, table)
  refuseDependants(before, table, now.name, 'computed again', now.local)
  const surrounding = surroundings(before, [{ table, columns: [now.name] }])
  const constraints = owner.constraints.filter((constraint) => isOn(constraint, now.name))
  const indexes = indexesOn(owner, now.name)
  const keys = keysTo(before, table).filter(({ key }) => key.references.columns.includes(now.name))
  return [
    ...surrounding.away,
    ...keys.map(({ table: from, key }) => dropNamed(from, key)),
    ...constraints.map((constraint) => dropNamed(table, constraint)),
    ...indexes.map(({ name }) => dropIndex(table, name)),
    alterTable(table, sql`DROP COLUMN ${quote.identifier(now.name)}`),
    alterTable(table, sql`ADD COLUMN ${columnDefinition(table, now, features)}`, {
      note: `compute the values of ${refText(table)}.${now.name}`,
    }),
    ...((now.comment ?? '') === '' ? [] : [commentOnColumn(table, now.name, now.comment)]),
    ...extraStatements(now.extras, { table }),
    ...indexes.flatMap((index) => createIndex({ table, index }, features)),
    ...constraints.flatMap((constraint) =>
      restoreConstraint(table, constraint, features, rowsRefused(owner, constraint)),
    ),
    ...keys.flatMap(({ table: from, key }) => restoreConstraint(from, key, features)),
    // Extended statistics go with each of their columns, without a word.
    ...extraStatements(
      owner.extras?.filter((each) => each.what.startsWith(statisticsWord) && extraReads(each, now.name)),
      { table },
    ),
    ...settingsOfStatistics(owner),
    ...surrounding.back,
  ]
}
